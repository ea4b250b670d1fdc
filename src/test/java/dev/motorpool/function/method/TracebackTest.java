package dev.motorpool.function.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TracebackTest {

    private static StackTraceElement frame(String type, String method) {
        return new StackTraceElement(type, method, "X.java", 1);
    }

    private static <T extends Throwable> T thrownWith(T thrown, StackTraceElement... frames) {
        thrown.setStackTrace(frames);
        return thrown;
    }

    @Test
    void theFramesBelowTheFunctionAreLeftOut() {
        Throwable thrown = thrownWith(
                new IllegalStateException("why"),
                frame("java.util.ArrayList", "get"),
                frame("com.example.Mine", "function"),
                frame("java.lang.reflect.Method", "invoke"),
                frame("dev.motorpool.function.method.InvocableMethod", "call"),
                frame(MethodFunction.class.getName(), "invoke"),
                frame("dev.motorpool.worker.Calls", "execute"));
        assertThat(Traceback.of(thrown)).isEqualTo("""
            java.lang.IllegalStateException: why
            \tat java.util.ArrayList.get(X.java:1)
            \tat com.example.Mine.function(X.java:1)
            """);
    }

    @Test
    void causesFollow() {
        Throwable cause = thrownWith(new java.io.IOException(), frame("com.example.Mine", "read"));
        Throwable thrown = thrownWith(new RuntimeException("outer", cause), frame("com.example.Mine", "function"));
        assertThat(Traceback.of(thrown)).isEqualTo("""
            java.lang.RuntimeException: outer
            \tat com.example.Mine.function(X.java:1)
            Caused by: java.io.IOException
            \tat com.example.Mine.read(X.java:1)
            """);
    }

    @Test
    void itIsBoundedWhateverWasThrown() {
        assertThat(Traceback.of(new RuntimeException("x".repeat(1_000_000)))).hasSizeLessThanOrEqualTo(Traceback.LIMIT);
        assertThat(Traceback.message(new RuntimeException("x".repeat(1_000_000))))
                .hasSizeLessThan(Traceback.LIMIT);
        StackOverflowError deep = tooDeep();
        assertThat(Traceback.of(deep))
                .startsWith("java.lang.StackOverflowError\n\tat ")
                .hasSizeLessThanOrEqualTo(Traceback.LIMIT)
                .endsWith("\n");
        Throwable circle = new RuntimeException("a");
        circle.initCause(new RuntimeException("b", circle));
        assertThat(Traceback.of(circle)).hasSizeLessThanOrEqualTo(Traceback.LIMIT);
    }

    @Test
    void whatThrowsWhenAskedForItsMessageHasNone() {
        Throwable hostile = new RuntimeException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("no");
            }

            @Override
            public synchronized Throwable getCause() {
                throw new StackOverflowError();
            }
        };
        assertThat(Traceback.message(hostile)).isEmpty();
        assertThat(Traceback.of(hostile)).startsWith(hostile.getClass().getName() + "\n");
    }

    private static StackOverflowError tooDeep() {
        try {
            return new StackOverflowError(Integer.toString(depth(1)));
        } catch (StackOverflowError deep) {
            return deep;
        }
    }

    private static int depth(int depth) {
        return depth > 0 ? depth(depth + 1) + depth(1 - depth) : depth;
    }
}
