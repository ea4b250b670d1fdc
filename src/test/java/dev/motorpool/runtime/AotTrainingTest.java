package dev.motorpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AotTrainingTest {

    @Test
    void aRunThatFailsIsToldAtOnceThoughWhatItStartedHoldsItsOutput(@TempDir Path folder) throws Exception {
        Path java = folder.resolve("java");
        Path child = folder.resolve("child");
        Files.writeString(
                java, "#!/bin/sh\nsleep 60 3<&- 4>&- &\necho $! > " + child + "\necho no memory >&2\nexit 1\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        long begin = System.nanoTime();
        try {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> AotTraining.run(
                            WorkerLaunch.ofSystem(),
                            new Spawner(),
                            java,
                            folder.resolve("none.jar"),
                            folder.resolve("cache")))
                    .withMessageStartingWith("the training run ended with code 1");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        } finally {
            Eventually.until(
                            Duration.ofSeconds(5),
                            () -> ProcessHandle.of(
                                    Long.parseLong(Files.readString(child).strip())))
                    .ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** A start without descriptors would close those of others. */
    @Test
    void itStartsAsWorkersDo(@TempDir Path folder) {
        Spawner none = new Spawner() {
            @Override
            public Process start(ProcessBuilder builder) throws IOException {
                throw new IOException("too few file descriptors are free");
            }
        };
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> AotTraining.run(
                        WorkerLaunch.ofSystem(),
                        none,
                        Path.of("/bin/true"),
                        folder.resolve("none.jar"),
                        folder.resolve("cache")))
                .withMessageStartingWith("too few file descriptors");
    }
}
