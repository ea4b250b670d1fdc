package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Without memory the process ends, and its last line names the reason. */
@Tag("service")
class OutOfMemoryTest {

    /** Uses up all memory in a thread, with arrays that soon no longer fit; the heap stays full. */
    static final class Filling {
        static final List<Object> HELD = new ArrayList<>();

        private Filling() {}

        public static void main(String[] arguments) throws InterruptedException {
            OutOfMemory.ends();
            System.out.println("begins");
            Thread.ofVirtual().name("filling").start(Filling::fill).join();
            System.out.println("goes on");
        }

        private static void fill() {
            int size = 1 << 20;
            while (true) {
                try {
                    HELD.add(new byte[size]);
                } catch (OutOfMemoryError full) {
                    if (size == 16) {
                        throw full;
                    }
                    size = Math.max(16, size / 2);
                }
            }
        }
    }

    private static List<String> output(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx16m", "-XX:+UseSerialGC"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Filling.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(text).isEqualTo(3);
            return text.lines().toList();
        } finally {
            process.toHandle().destroyForcibly();
        }
    }

    @Test
    void theServiceItself() throws Exception {
        List<String> lines = output();
        assertThat(lines).startsWith("begins").doesNotContain("goes on");
        assertThat(lines.getLast()).contains("Out of memory", "OutOfMemoryError", "-Xmx");
    }

    @Test
    void theJvm() throws Exception {
        List<String> lines = output("-XX:+ExitOnOutOfMemoryError");
        assertThat(lines).startsWith("begins").doesNotContain("goes on");
        assertThat(lines.getLast()).contains("java.lang.OutOfMemoryError");
    }
}
