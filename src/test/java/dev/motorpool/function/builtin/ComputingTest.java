package dev.motorpool.function.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.FixedContext;
import dev.motorpool.function.method.MethodFunctions;
import dev.motorpool.json.RawJson;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ComputingTest {

    private static final CallContext WANTED = new FixedContext(false);
    private static final CallContext CANCELLED = new FixedContext(true);
    private static final MethodFunctions BUILTINS = Builtins.functions(true);

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "2,1", "10,55", "24,46368", "25,75025", "30,832040"})
    void fib(int n, long value) {
        assertThat(Computing.fib(n, WANTED)).isEqualTo(value);
    }

    @Test
    void mineFindsTheLeastNonce() throws Exception {
        Computing.Mined mined = Computing.mine("hello", 3, WANTED);

        assertThat(mined).isEqualTo(new Computing.Mined(mined.nonce(), hash("hello", mined.nonce())));
        assertThat(mined.hash()).startsWith("000");
        for (long nonce = 0; nonce < mined.nonce(); nonce++) {
            assertThat(hash("hello", nonce)).doesNotStartWith("000");
        }
        assertThat(Computing.mine("\u00e4", 0, WANTED)).isEqualTo(new Computing.Mined(0, hash("\u00e4", 0)));
    }

    private static String hash(String data, long nonce) {
        byte[] text = (data + nonce).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return java.util.HexFormat.of().formatHex(Computing.sha256().digest(text));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1000, (1 << 20) - 1, 1 << 20, 3_000_001})
    void countReturnsHowFarItCame(long n) {
        assertThat(Computing.count(n, WANTED)).isEqualTo(n);
    }

    @Test
    void whatIsCancelledStops() {
        assertThatThrownBy(() -> Computing.fib(92, CANCELLED)).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> Computing.count(Long.MAX_VALUE, CANCELLED)).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> Computing.mine("x", 8, CANCELLED)).isInstanceOf(CancellationException.class);
    }

    @Test
    void whatIsCancelledLaterStopsToo() throws InterruptedException {
        AtomicBoolean cancelled = new AtomicBoolean();
        CallContext context = new CallContext() {
            @Override
            public boolean cancelled() {
                return cancelled.get();
            }

            @Override
            public void progress(long done, long total, String message) {}

            @Override
            public int attempt() {
                return 1;
            }
        };
        Thread thread = Thread.ofPlatform().name("motorpool-fib").start(() -> assertThatThrownBy(
                        () -> Computing.fib(92, context))
                .isInstanceOf(CancellationException.class));
        cancelled.set(true);
        thread.join();
    }

    @ParameterizedTest
    @CsvSource({"0.010", "0", "0.0", "1e-3", "0.00000000000000000000000000000000001"})
    void sleepReturnsItsArgumentAsItCame(String seconds) throws Throwable {
        assertThat(call("sleep", "[" + seconds + "]")).hasToString(seconds);
    }

    @Test
    void sleepSleepsAndCanBeInterrupted() throws Throwable {
        long start = System.nanoTime();
        call("sleep", "[0.05]");
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000);

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> call("sleep", "[86400]")).isInstanceOf(InterruptedException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"-0.001", "86400.001", "1e999999999", "-1e-999999999", "\"1\"", "null"})
    void sleepRefuses(String seconds) {
        assertThat(BUILTINS.find("sleep")
                        .orElseThrow()
                        .definition()
                        .check(RawJson.of("[" + seconds + "]"), RawJson.EMPTY_OBJECT, url -> null))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"1E+2", "-0", "[1.0, {\"a\":  1e999999999}]", "\"\\u00e4\\ud800\"", "null", "{}"})
    void echoReturnsItsArgumentAsItCame(String value) throws Throwable {
        assertThat(call("echo", "[" + value + "]")).hasToString(value);
    }

    @Test
    void valuesThatCannotBeSentAreRefused() {
        assertThatThrownBy(() -> call("not_json", "[]"))
                .hasMessage("The value is a java.lang.Object, which has no JSON form.");
        assertThatThrownBy(() -> call("too_large", "[1000001]"))
                .hasMessage("The value is larger than 1000000 bytes as JSON.");
        assertThatThrownBy(() -> call("raise", "[\"on purpose\"]"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("on purpose");
    }

    @Test
    void tooLargeIsExactlySoLarge() throws Throwable {
        assertThat(call("too_large", "[1000000]").length()).isEqualTo(1_000_000);
    }

    private static RawJson call(String function, String args) throws Throwable {
        return BUILTINS.find(function).orElseThrow().invoke(RawJson.of(args), RawJson.EMPTY_OBJECT, WANTED, 1_000_000);
    }
}
