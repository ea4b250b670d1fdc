package dev.motorpool.worker.program;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An executable file that is a function.
 *
 * @param name the file's name up to its first dot
 * @param path the file
 */
public record ProgramFile(String name, Path path) {

    private static final String DESCRIPTION_ENDING = ".json";
    private static final int MOST_DESCRIPTION = 1024 * 1024;

    /** What the file with the description may say, and the kind of each. */
    private static final Map<String, JsonKind> MEMBERS = members();

    private static Map<String, JsonKind> members() {
        Map<String, JsonKind> members = new LinkedHashMap<>();
        members.put("description", JsonKind.STRING);
        members.put("workload", JsonKind.STRING);
        members.put("parameters", JsonKind.OBJECT);
        members.put("positional", JsonKind.NUMBER);
        members.put("positional_only", JsonKind.NUMBER);
        members.put("rest", JsonKind.OBJECT);
        members.put("returns", JsonKind.OBJECT);
        members.put("defaults", JsonKind.OBJECT);
        return members;
    }

    /** All programs of a directory, sorted by file. What begins with {@code .} or {@code _} is none. */
    public static List<ProgramFile> in(Path directory) throws IOException {
        List<ProgramFile> programs = new ArrayList<>();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : (Iterable<Path>) entries.sorted()::iterator) {
                String file = String.valueOf(entry.getFileName());
                boolean hidden = file.startsWith(".") || file.startsWith("_");
                if (!hidden
                        && !file.endsWith(DESCRIPTION_ENDING)
                        && Files.isRegularFile(entry)
                        && Files.isExecutable(entry)) {
                    int dot = file.indexOf('.');
                    programs.add(new ProgramFile(dot < 0 ? file : file.substring(0, dot), entry.toAbsolutePath()));
                }
            }
        }
        return programs;
    }

    /** The file's name. */
    public String file() {
        return String.valueOf(path.getFileName());
    }

    /**
     * Writes the function as {@code hello} lists it.
     *
     * @throws IOException if the file with its description is of no use, with what is wrong there
     */
    public RawJson describe() throws IOException {
        Map<String, RawJson> known = description();
        JsonWriter out = new JsonWriter();
        out.beginObject().name("name").value(name).name("source").value(name);
        known.forEach((member, value) -> out.name(member).value(value));
        if (!known.containsKey("parameters")) {
            // Any arguments at all.
            out.name("parameters").beginObject().name("type").value("object");
            out.name("additionalProperties").value(true).endObject();
            if (!known.containsKey("rest")) {
                out.name("rest").value(true);
            }
        }
        return out.endObject().toRawJson();
    }

    private Map<String, RawJson> description() throws IOException {
        Path file = path.resolveSibling(name + DESCRIPTION_ENDING);
        if (!Files.exists(file)) {
            return Map.of();
        }
        if (Files.size(file) > MOST_DESCRIPTION) {
            throw new IOException(file.getFileName() + " is larger than a mebibyte.");
        }
        RawJson json = RawJson.of(Files.readString(file).strip());
        try {
            StrictJson.check(json);
        } catch (MalformedJsonException malformed) {
            throw new IOException(file.getFileName() + " is not JSON: " + malformed.getMessage(), malformed);
        }
        if (json.kind() != JsonKind.OBJECT) {
            throw new IOException(file.getFileName() + " must be an object.");
        }
        Map<String, RawJson> described = new LinkedHashMap<>();
        for (JsonCursor cursor = new JsonCursor(json); cursor.next(); ) {
            described.put(cursor.name(), checked(file, cursor.name(), cursor.value()));
        }
        return described;
    }

    private static RawJson checked(Path file, String member, RawJson value) throws IOException {
        JsonKind kind = MEMBERS.get(member);
        if (kind == null) {
            throw new IOException(file.getFileName() + " has the unknown member " + member + "; it may have "
                    + String.join(", ", MEMBERS.keySet()) + ".");
        }
        boolean schema = kind == JsonKind.OBJECT && !member.equals("defaults") && !member.equals("parameters");
        if (value.kind() != kind && !(schema && value.kind() == JsonKind.BOOLEAN)) {
            throw new IOException("In " + file.getFileName() + ", " + member + " must be " + kind.words() + ", not "
                    + value.kind().words() + ".");
        }
        if (member.equals("workload") && !List.of("cpu", "io").contains(JsonStrings.decode(value))) {
            throw new IOException("In " + file.getFileName() + ", workload must be \"cpu\" or \"io\".");
        }
        return value;
    }
}
