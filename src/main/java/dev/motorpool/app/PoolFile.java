package dev.motorpool.app;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.MemberNames;
import dev.motorpool.json.Members;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import dev.motorpool.pool.InvalidSettingException;
import dev.motorpool.pool.PoolPatch;
import dev.motorpool.pool.PoolPatchJson;
import dev.motorpool.pool.PoolStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code pools.json} in the data directory: {@code {"version": 1, "pools": {"crunch": {"state": "running", "settings":
 * {"kind": "process", "size": 4}}}}}. Each save writes a new file beside it, forces it to the disk and renames it, so a
 * crash leaves the old content or the new, never a part. The owner of {@link PoolStore} calls one method at a time.
 */
final class PoolFile implements PoolStore {

    private static final int VERSION = 1;
    private static final MemberNames FILE = MemberNames.of("version", "pools");
    private static final MemberNames ENTRY = MemberNames.of("state", "settings");

    private final Path path;

    PoolFile(Path dataDir) {
        this.path = dataDir.resolve("pools.json");
    }

    @Override
    public Map<String, KeptPool> load() throws IOException {
        RawJson text;
        try {
            text = RawJson.of(Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            return Map.of();
        }
        try {
            return read(text);
        } catch (MalformedJsonException e) {
            throw refused(e.getMessage());
        } catch (InvalidSettingException e) {
            throw refused("at " + e.pointer() + ": " + e.getMessage());
        }
    }

    private Map<String, KeptPool> read(RawJson text) throws MalformedJsonException, InvalidSettingException {
        Members file = StrictJson.members(text, FILE);
        known(file, "");
        RawJson version = file.get("version");
        if (version == null || !version.equals(RawJson.of(Integer.toString(VERSION)))) {
            throw refused("its version is " + version + ", and this service reads version " + VERSION + ".");
        }
        RawJson pools = need(file.get("pools"), "/pools");
        Map<String, KeptPool> kept = new TreeMap<>();
        JsonCursor cursor = new JsonCursor(pools);
        while (cursor.next()) {
            kept.put(cursor.name(), entry("/pools/" + cursor.name(), cursor.value()));
        }
        return kept;
    }

    private KeptPool entry(String pointer, RawJson text) throws MalformedJsonException, InvalidSettingException {
        Members entry = StrictJson.members(need(text, pointer), ENTRY);
        known(entry, pointer);
        PoolPatch patch = PoolPatchJson.read(need(entry.get("settings"), pointer + "/settings"));
        if (patch.kind() == null) {
            throw refused("at " + pointer + ": the kind is missing.");
        }
        RawJson state = entry.get("state");
        if (state != null && state.kind() == JsonKind.STRING) {
            for (Wanted wanted : Wanted.values()) {
                if (word(wanted).equals(JsonStrings.decode(state))) {
                    return new KeptPool(patch, wanted);
                }
            }
        }
        throw refused("at " + pointer + "/state: running, paused, closed or terminated is needed.");
    }

    private void known(Members members, String pointer) {
        if (members.unknown() != null) {
            throw refused("at " + pointer + "/" + members.unknown() + ": this service does not know that member.");
        }
    }

    private RawJson need(@Nullable RawJson value, String pointer) {
        if (value == null || value.kind() != JsonKind.OBJECT) {
            throw refused("at " + pointer + ": an object is needed.");
        }
        return value;
    }

    private InvalidConfigurationException refused(@Nullable String detail) {
        return new InvalidConfigurationException(
                path + ", which keeps the pools that were made over HTTP, cannot be read: " + detail,
                "Mend the file, or move it away to start with the pools of the configuration.");
    }

    @Override
    public void save(Map<String, KeptPool> pools) throws IOException {
        JsonWriter out = new JsonWriter();
        out.beginObject().name("version").value(VERSION).name("pools").beginObject();
        pools.forEach((name, kept) -> {
            out.name(name).beginObject().name("state").value(word(kept.state()));
            out.name("settings").beginObject();
            PoolPatchJson.write(kept.given(), out);
            out.endObject().endObject();
        });
        out.endObject().endObject();
        Path next = path.resolveSibling("pools.json.new");
        try (FileChannel file = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(out.toRawJson().toByteArray());
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
            directory.force(true); // the new name is durable too
        }
    }

    private static String word(Wanted state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
