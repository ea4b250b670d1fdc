package dev.motorpool.runtime;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How Java workers are started.
 *
 * @param dataDirectory the service's own; the worker's jar and its AOT cache go into {@code worker/} there
 * @param prepared a folder, perhaps read-only, that may hold what {@code worker/} would, made before; null: none
 * @param javaHome the JDK or JRE that runs the workers
 * @param maxHeap bytes of a worker's heap; null: by its shape
 * @param valueLimit bytes of a value that a function may return
 * @param frameLimit bytes of a frame
 * @param demoFunctions whether the functions that misbehave on purpose are there
 * @param properties system properties of the workers, for the functions
 */
public record JavaWorkerSettings(
        Path dataDirectory,
        @Nullable Path prepared,
        Path javaHome,
        @Nullable Long maxHeap,
        int valueLimit,
        int frameLimit,
        boolean demoFunctions,
        Map<String, String> properties) {

    /** The JDK that runs this process, for workers with the usual limits. */
    public static JavaWorkerSettings in(Path dataDirectory) {
        return new JavaWorkerSettings(
                dataDirectory,
                null,
                Path.of(System.getProperty("java.home")),
                null,
                16 * 1024 * 1024,
                16 * 1024 * 1024 + 64 * 1024,
                false,
                Map.of());
    }
}
