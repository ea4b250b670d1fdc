package dev.motorpool.job;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tags of a job: an object whose members are strings. */
final class Tags {

    private Tags() {}

    static Map<String, String> read(BodyMembers members, String name) throws CallRefusedException {
        if (members.value(name) == null) {
            return Map.of();
        }
        RawJson object = members.object(name);
        Map<String, String> tags = new LinkedHashMap<>();
        JsonCursor cursor = new JsonCursor(object);
        while (cursor.next()) {
            if (cursor.value().kind() != JsonKind.STRING) {
                throw BodyMembers.refuse(
                        JsonPointers.member(members.pointer(name), cursor.name()),
                        "The values of tags must be strings.");
            }
            String value = JsonStrings.decode(cursor.value());
            if (!JsonStrings.wellFormed(cursor.name()) || !JsonStrings.wellFormed(value)) {
                throw BodyMembers.refuse(
                        JsonPointers.member(members.pointer(name), cursor.name()),
                        "Tags must be whole characters; one is half of a surrogate pair.");
            }
            tags.put(cursor.name(), value);
        }
        return tags;
    }
}
