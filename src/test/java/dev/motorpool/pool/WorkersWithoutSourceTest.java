package dev.motorpool.pool;

import static dev.motorpool.pool.PoolFixture.PATIENCE;
import static dev.motorpool.pool.PoolFixture.run;
import static dev.motorpool.pool.PoolFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.runtime.InterpreterRuntime;
import dev.motorpool.runtime.Language;
import dev.motorpool.runtime.LoadedSources;
import dev.motorpool.runtime.SourceRuntime;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.PluginJar;
import dev.motorpool.testing.RealWorkers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A worker that cannot load a source never runs calls: its start fails. See {@link ForkedWorkersTest} for Python. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class WorkersWithoutSourceTest {

    @TempDir
    private Path place;

    private static boolean runs(String program) {
        try {
            return new ProcessBuilder(program, "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException | InterruptedException none) {
            return false;
        }
    }

    /**
     * @param source name of the source and, with {@code dot}, beginning of the name of its function {@code answer}
     * @param needed is missing at first
     */
    private void heals(SourceRuntime runtime, String source, String function, Path needed) throws Exception {
        Path away = place.resolve("away");
        Files.move(needed, away);
        runtime.use(new LoadedSources(place.resolve("sources"), place.resolve("sources"), List.of(source)));
        try (PoolFixture fixture = new PoolFixture(Map.of("java", RealWorkers.java(), "own", runtime))) {
            Pool pool = fixture.pool(
                    new PoolSettings(PoolKind.PROCESS, 1, 100, null, null, null, 1, null, null, null, "own"));
            Eventually.within(PATIENCE, () -> assertThat(pool.view().reason())
                    .contains("was not fit to start: its source " + source + " cannot be loaded: "));
            Files.move(away, needed);
            Eventually.within(PATIENCE, () -> assertThat(pool.view().reason()).isNull());
            assertThat(value(run(pool, function, "[]"))).isEqualTo("42");
        }
    }

    @Test
    void node() throws Exception {
        Assumptions.assumeTrue(runs("node"), "LEFT OUT: there is no node here");
        Path needed = Files.writeString(place.resolve("needed"), "42");
        Files.writeString(
                Files.createDirectories(place.resolve("sources")).resolve("work.mjs"),
                "import { readFileSync } from 'node:fs'; const text = readFileSync('" + needed
                        + "', 'utf8'); export function answer() { return Number(text); }");
        EngineLimits limits = EngineLimits.DEFAULT;
        SourceRuntime runtime = new InterpreterRuntime(
                Language.NODE,
                new InterpreterRuntime.Settings(null, true, place.resolve("data"), limits.frame(), limits.value()),
                new Spawner());
        heals(runtime, "work", "work.answer", needed);
    }

    @Test
    void java() throws Exception {
        Path jar = Files.createDirectories(place.resolve("sources")).resolve("work.jar");
        PluginJar.of(jar, "Work", "public class Work { @Function public static int answer() { return 42; } }");
        heals(RealWorkers.withSources("java"), "work", "answer", jar);
    }

    @Test
    void programs() throws Exception {
        Path program = Files.createDirectories(place.resolve("sources")).resolve("answer");
        Files.writeString(program, "#!/bin/sh\necho 42\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        heals(RealWorkers.withSources("programs"), "answer", "answer", program);
    }
}
