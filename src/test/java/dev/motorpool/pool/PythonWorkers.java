package dev.motorpool.pool;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.runtime.InterpreterRuntime;
import dev.motorpool.runtime.Language;
import dev.motorpool.runtime.LoadedSources;
import dev.motorpool.runtime.Spawner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Pools of Python workers that load the module {@code work}, without a service. */
final class PythonWorkers implements AutoCloseable {

    private final InterpreterRuntime runtime;
    final PoolFixture fixture;

    /**
     * @param data where the workers' package is laid out
     * @param start how long a worker may take to start
     */
    PythonWorkers(Path data, boolean forks, Duration start) {
        Assumptions.assumeTrue(runsPython(), "LEFT OUT: there is no python3 here");
        EngineLimits standard = EngineLimits.DEFAULT;
        runtime = new InterpreterRuntime(
                Language.PYTHON,
                new InterpreterRuntime.Settings(null, forks, data, standard.frame(), standard.value()),
                new Spawner());
        fixture = new PoolFixture(
                Map.of("python", runtime, "java", runtime),
                new EngineLimits(
                        standard.frame(), standard.value(), start, Duration.ofSeconds(1), Duration.ofMillis(300)));
    }

    private static boolean runsPython() {
        try {
            return new ProcessBuilder("python3", "-c", "").start().waitFor() == 0;
        } catch (IOException | InterruptedException none) {
            return false;
        }
    }

    /** Workers that start from now on load this text as their module. */
    void load(Path folder, String text) throws IOException, InterruptedException {
        Files.writeString(Files.createDirectories(folder).resolve("work.py"), text);
        LoadedSources sources = new LoadedSources(folder, folder, List.of("work"));
        var _ = runtime.probe(sources); // finds the interpreter
        runtime.use(sources);
    }

    /** A pool of one process, with this name. */
    Pool pool(String name) throws RefusedException {
        return fixture.pools
                .put(name, settings(PoolKind.PROCESS, 1, null, null))
                .pool();
    }

    Pool pool(PoolKind kind, int size, @Nullable Integer maxTasksPerChild, @Nullable Duration idleTimeout) {
        return fixture.pool(settings(kind, size, maxTasksPerChild, idleTimeout));
    }

    private static PoolSettings settings(
            PoolKind kind, int size, @Nullable Integer maxTasksPerChild, @Nullable Duration idleTimeout) {
        return new PoolSettings(kind, size, 10_000, null, null, maxTasksPerChild, 1, null, null, idleTimeout, "python");
    }

    /** A pool of processes whose workers stay. */
    Pool pool(int size) {
        return pool(PoolKind.PROCESS, size, null, null);
    }

    /** The templates that run. */
    static List<ProcessHandle> templates() {
        return ProcessHandle.current()
                .children()
                .filter(each -> environment(each.pid()).contains("MOTORPOOL_ROLE=template"))
                .toList();
    }

    private static List<String> environment(long pid) {
        try {
            return List.of(
                    Files.readString(Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1)
                            .split("\0"));
        } catch (IOException gone) {
            return List.of();
        }
    }

    /** Bytes of memory that are a process's own, and its part of what it shares. */
    static long proportionalBytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
            if (line.startsWith("Pss:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("no Pss of process " + pid);
    }

    @Override
    public void close() {
        fixture.close();
    }
}
