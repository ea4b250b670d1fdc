package dev.motorpool.job.request;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Parses the tags of a job: an object whose members are strings, limited in number and length. */
public final class Tags {

    /** Maximum tags of one job. */
    public static final int MOST = 64;

    /** Maximum UTF-8 bytes of the names and values of one job's tags together. */
    public static final int MOST_BYTES = 16 << 10;

    /** No permitted value has a longer text: each byte as an escape, between quotes. */
    private static final int LONGEST_TEXT = 6 * MOST_BYTES + 2;

    private Tags() {}

    static Map<String, String> read(BodyMembers members, String name) throws CallRefusedException {
        if (members.value(name) == null) {
            return Map.of();
        }
        RawJson object = members.object(name);
        Map<String, String> tags = new LinkedHashMap<>();
        long bytes = 0;
        JsonCursor cursor = new JsonCursor(object);
        while (cursor.next()) {
            if (tags.size() == MOST) {
                throw BodyMembers.refuse(members.pointer(name), "A job has at most " + MOST + " tags.");
            }
            if (cursor.value().kind() != JsonKind.STRING) {
                throw BodyMembers.refuse(
                        JsonPointers.member(members.pointer(name), cursor.name()),
                        "The values of tags must be strings.");
            }
            if (cursor.value().length() > LONGEST_TEXT) {
                throw tooLong(members, name);
            }
            String value = JsonStrings.decode(cursor.value());
            if (!JsonStrings.wellFormed(cursor.name()) || !JsonStrings.wellFormed(value)) {
                throw BodyMembers.refuse(
                        JsonPointers.member(members.pointer(name), cursor.name()),
                        "Tags must be whole characters; one is half of a surrogate pair.");
            }
            bytes += utf8Length(cursor.name()) + utf8Length(value);
            if (bytes > MOST_BYTES) {
                throw tooLong(members, name);
            }
            tags.put(cursor.name(), value);
        }
        return tags;
    }

    private static long utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static CallRefusedException tooLong(BodyMembers members, String name) {
        return BodyMembers.refuse(
                members.pointer(name),
                "The names and values of a job's tags have at most " + MOST_BYTES + " bytes together, in UTF-8. Put"
                        + " what is longer into the arguments.");
    }
}
