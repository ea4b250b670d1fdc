package dev.motorpool.runtime;

import java.nio.file.Path;
import java.util.List;

/**
 * What the workers of a runtime load.
 *
 * @param folder a copy of the sources that never changes
 * @param place the author's folder, which tracebacks show instead
 * @param names of the sources to load, sorted
 */
public record LoadedSources(Path folder, Path place, List<String> names) {}
