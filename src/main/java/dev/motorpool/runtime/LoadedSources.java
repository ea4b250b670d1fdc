package dev.motorpool.runtime;

import dev.motorpool.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the workers of a runtime load.
 *
 * @param folder a copy of the sources that never changes
 * @param place the author's folder, which tracebacks show instead
 * @param names of the sources to load, in this order
 * @param forks whether a process that has loaded them may be able to fork
 */
public record LoadedSources(Path folder, Path place, List<String> names, boolean forks) {

    public LoadedSources(Path folder, Path place, List<String> names) {
        this(folder, place, names, true);
    }

    /** The variables that tell a worker. */
    Map<String, String> variables() {
        JsonWriter json = new JsonWriter().beginArray();
        names.forEach(json::value);
        return Map.of(
                "MOTORPOOL_FUNCTIONS",
                folder.toString(),
                "MOTORPOOL_FUNCTIONS_PLACE",
                place.toString(),
                "MOTORPOOL_SOURCES",
                new String(json.endArray().toRawJson().toByteArray(), StandardCharsets.UTF_8));
    }
}
