package dev.motorpool.function.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.function.FixedContext;
import dev.motorpool.json.RawJson;
import dev.motorpool.testing.LeavesNothingBehind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each misbehaviour in a process of its own: it must do what its name says, and nothing must be left of it. */
@Timeout(60)
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class MisbehavingTest {

    /** Calls one function and prints its value. */
    public static final class Caller {
        public static void main(String[] arguments) throws Throwable {
            Runnable interrupted = Thread.currentThread()::interrupt;
            Thread.ofPlatform().daemon().start(interrupted);
            System.out.println(Builtins.registry(true)
                    .find(arguments[0])
                    .orElseThrow()
                    .invoke(
                            RawJson.of(arguments[1]),
                            RawJson.EMPTY_OBJECT,
                            new FixedContext(false),
                            Integer.MAX_VALUE));
        }

        private Caller() {}
    }

    @ParameterizedTest
    @CsvSource({"exit,[],1", "exit,[7],7", "exit,[0],0", "crash,[],137", "crash,[15],143", "allocate,[],3"})
    void ends(String function, String args, int status) throws Exception {
        Process process = start(function, args);
        process.getInputStream().readAllBytes();

        assertThat(process.waitFor()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void hangIgnoresInterruptsAndNeverEnds(boolean spin) throws Exception {
        Process process = start("hang", "[" + spin + "]");
        try {
            assertThat(process.waitFor(1, TimeUnit.SECONDS)).isFalse();
        } finally {
            kill(process);
        }
    }

    @Test
    void floodPrintsToBothStreams() throws Exception {
        Process process = start("flood", "[2]");

        assertThat(process.getInputStream().readAllBytes().length).isBetween(4 << 20, (4 << 20) + 1000);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void spawnChildLeavesAChild() throws Exception {
        Process process = start("spawn_child", "[]");
        String pid = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();

        ProcessHandle child = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        assertThat(child.info().command().orElse("")).endsWith("sleep");
        child.destroyForcibly();
        child.onExit().get(10, TimeUnit.SECONDS);
    }

    private static Process start(String function, String args) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> options = List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");
        List<String> command = Stream.of(
                        List.of(java.toString()),
                        options,
                        List.of("-cp", System.getProperty("java.class.path"), Caller.class.getName(), function, args))
                .flatMap(List::stream)
                .toList();
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }
}
