package dev.motorpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.BubblewrapHere;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("service")
class InterpreterRuntimeTest {

    private static final WorkerShape ONE = new WorkerShape(1, false);

    @TempDir
    private Path place;

    private InterpreterRuntime python(WorkerLaunch launch) {
        InterpreterRuntime runtime = new InterpreterRuntime(
                Language.PYTHON,
                new InterpreterRuntime.Settings("python3", true, place, 1 << 20, 1 << 20),
                new Spawner(),
                launch);
        runtime.use(new LoadedSources(place.resolve("copies"), place.resolve("functions"), List.of("orders")));
        return runtime;
    }

    @Test
    void workersAreForkedUnlessSomethingElseMustStartThem() throws Exception {
        assertThat(python(WorkerLaunch.ofSystem()).command(ONE).template()).isNotNull();
        WorkerCommand launched = python(WorkerLaunch.ofSystem().through(List.of("nice", "-n", "5")))
                .command(ONE);
        assertThat(launched.template()).isNull();
        assertThat(launched.command()).containsSubsequence("nice", "-n", "5", "python3", "-m", "motorpool.worker");
    }

    @Test
    void sourcesWithThreadsNeedNoTemplate() throws Exception {
        InterpreterRuntime runtime = python(WorkerLaunch.ofSystem());
        runtime.use(new LoadedSources(place.resolve("copies"), place.resolve("functions"), List.of("orders"), false));
        assertThat(runtime.command(ONE).template()).isNull();
    }

    @Test
    void confinedWorkersAreSpawned() throws Exception {
        BubblewrapHere.assume();
        WorkerLaunch launch = WorkerLaunch.ofSystem().in(new Bubblewrap(place, place, new Spawner()));
        WorkerCommand confined = python(launch).command(new WorkerShape(1, false, Isolation.SANDBOX));
        assertThat(confined.template()).isNull();
        assertThat(confined.command().get(2)).contains("'--die-with-parent'");
    }
}
