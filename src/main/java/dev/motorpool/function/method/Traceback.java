package dev.motorpool.function.method;

import org.jspecify.annotations.Nullable;

/**
 * Formats what a function threw as the text that its caller sees: the function's own frames, without those of the
 * worker below.
 */
public final class Traceback {

    static final int LIMIT = 16 * 1024;

    private static final int CAUSES = 8;
    private static final String INVOKER = MethodFunction.class.getName();
    private static final String SIGNATURES = "dev.motorpool.function.signature.";
    private static final String PLUMBING = INVOKER.substring(0, INVOKER.lastIndexOf('.') + 1) + "InvocableMethod";

    /** The text of what a function threw. */
    public static String of(Throwable thrown) {
        return of(thrown, INVOKER);
    }

    /**
     * The text of what was thrown below a caller.
     *
     * @param caller beginning of the caller's class names: its frames, and those below them, are left out
     */
    public static String of(Throwable thrown, String caller) {
        StringBuilder text = new StringBuilder(512);
        Throwable next = thrown;
        for (int i = 0; next != null && i < CAUSES && text.length() < LIMIT; i++) {
            text.append(i == 0 ? "" : "Caused by: ").append(headline(next)).append('\n');
            frames(next.getStackTrace(), caller, text);
            next = cause(next);
        }
        if (text.length() > LIMIT) {
            text.setLength(LIMIT - 4);
            text.append("...\n");
        }
        return text.toString();
    }

    /** The message of what was thrown, empty if there is none or reading it fails. */
    public static String message(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? "" : cut(message);
        } catch (Throwable failing) {
            return "";
        }
    }

    private static String headline(Throwable thrown) {
        String message = message(thrown);
        String name = thrown.getClass().getName();
        return message.isEmpty() ? name : name + ": " + message;
    }

    private static void frames(StackTraceElement[] trace, String caller, StringBuilder text) {
        int end = ownFrames(trace, caller);
        for (int i = 0; i < end && text.length() < LIMIT; i++) {
            text.append("\tat ").append(trace[i]).append('\n');
        }
    }

    /** How many of the topmost frames are the function's: those above its invoker and the frames between. */
    private static int ownFrames(StackTraceElement[] trace, String caller) {
        int end = trace.length;
        for (int i = trace.length - 1; i >= 0; i--) {
            if (trace[i].getClassName().startsWith(caller)) {
                end = i;
            }
        }
        while (end > 0 && end < trace.length && isPlumbing(trace[end - 1].getClassName())) {
            end--;
        }
        return end;
    }

    private static boolean isPlumbing(String className) {
        return className.startsWith(PLUMBING)
                || className.equals("java.lang.Class")
                || className.startsWith(SIGNATURES)
                || className.startsWith("java.lang.invoke.")
                || className.startsWith("java.lang.reflect.")
                || className.startsWith("jdk.internal.reflect.");
    }

    private static @Nullable Throwable cause(Throwable thrown) {
        try {
            return thrown.getCause();
        } catch (Throwable failing) {
            return null;
        }
    }

    private static String cut(String message) {
        return message.length() <= LIMIT / 2 ? message : message.substring(0, LIMIT / 2) + "...";
    }

    private Traceback() {}
}
