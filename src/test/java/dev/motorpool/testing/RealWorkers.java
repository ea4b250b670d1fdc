package dev.motorpool.testing;

import dev.motorpool.runtime.JavaRuntime;
import dev.motorpool.runtime.JavaWorkerSettings;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.runtime.WorkerRuntime;
import java.nio.file.Path;
import java.util.Map;

/** Real Java workers for tests, with the misbehaving functions; their jar and AOT cache are created once a build. */
public final class RealWorkers {

    private static final JavaWorkerSettings USUAL = JavaWorkerSettings.in(Path.of("target", "test-workers"));

    private static final WorkerRuntime JAVA = new JavaRuntime(
            "java",
            new JavaWorkerSettings(
                    USUAL.dataDirectory(),
                    null,
                    USUAL.javaHome(),
                    null,
                    USUAL.valueLimit(),
                    USUAL.frameLimit(),
                    true,
                    Map.of("motorpool.fetch.allow", "127.0.0.0/8,::1/128")),
            new Spawner());

    private RealWorkers() {}

    public static WorkerRuntime java() {
        return JAVA;
    }
}
