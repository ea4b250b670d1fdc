package dev.motorpool.testing;

import dev.motorpool.runtime.JavaRuntime;
import dev.motorpool.runtime.JavaWorkerSettings;
import dev.motorpool.runtime.SourceRuntime;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.runtime.WorkerRuntime;
import java.nio.file.Path;
import java.util.Map;

/** Real Java workers for tests, with the misbehaving functions; their jar and AOT cache are created once a build. */
public final class RealWorkers {

    private static final JavaWorkerSettings USUAL = JavaWorkerSettings.in(Path.of("target", "test-workers"));

    private static final WorkerRuntime JAVA = runtime(true);
    private static final WorkerRuntime WITHOUT_DEMO_FUNCTIONS = runtime(false);

    private RealWorkers() {}

    private static JavaRuntime runtime(boolean demoFunctions) {
        return runtime("java", demoFunctions);
    }

    /** A runtime of one's own, {@code java} or {@code programs}, whose workers load what it is told to use. */
    public static SourceRuntime withSources(String name) {
        return runtime(name, false);
    }

    private static JavaRuntime runtime(String name, boolean demoFunctions) {
        return new JavaRuntime(
                name,
                new JavaWorkerSettings(
                        USUAL.dataDirectory(),
                        null,
                        USUAL.javaHome(),
                        null,
                        USUAL.valueLimit(),
                        USUAL.frameLimit(),
                        demoFunctions,
                        Map.of("motorpool.fetch.allow", "127.0.0.0/8,::1/128")),
                new Spawner());
    }

    public static WorkerRuntime java() {
        return JAVA;
    }

    /** Workers that do not have the misbehaving functions. */
    public static WorkerRuntime withoutDemoFunctions() {
        return WITHOUT_DEMO_FUNCTIONS;
    }
}
