package dev.motorpool.deploy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The settings in the schema of the chart's values, in the format of the table of settings. */
final class SchemaSettings {

    /** The type of a member without one in the schema. */
    static final String ANYTHING = "anything";

    private final JsonObject schema;

    SchemaSettings(JsonObject schema) {
        this.schema = schema;
    }

    /** Types by path of all members below a value, its name included unless it is the root of the settings. */
    Map<String, String> under(String value) {
        Map<String, String> all = new TreeMap<>();
        add(
                all,
                value.equals("settings") ? "" : value,
                schema.getAsJsonObject("properties").get(value));
        return all;
    }

    private void add(Map<String, String> all, String path, JsonElement member) {
        if (member.isJsonPrimitive()) {
            all.put(path, ANYTHING);
            return;
        }
        JsonObject type = resolved(member.getAsJsonObject());
        if (!isText(type, "object")) {
            all.put(path, word(type));
            return;
        }
        JsonElement others = type.get("additionalProperties");
        if (others.isJsonObject()) {
            add(all, path + ".<name>", others);
        } else if (others.getAsBoolean()) {
            throw new AssertionError(path + " takes members that nobody knows");
        } else {
            type.getAsJsonObject("properties")
                    .entrySet()
                    .forEach(each ->
                            add(all, path.isEmpty() ? each.getKey() : path + "." + each.getKey(), each.getValue()));
        }
    }

    private JsonObject resolved(JsonObject type) {
        if (!type.has("$ref")) {
            return type;
        }
        String name = type.get("$ref").getAsString().replace("#/$defs/", "");
        return schema.getAsJsonObject("$defs").getAsJsonObject(name);
    }

    private static boolean isText(JsonObject type, String word) {
        return type.has("type") && type.get("type").getAsString().equals(word);
    }

    private String word(JsonObject type) {
        if (type.has("enum")) {
            List<String> words = new ArrayList<>();
            type.getAsJsonArray("enum").forEach(each -> words.add(each.getAsString()));
            return String.join(", ", words);
        }
        return switch (type.get("type").getAsString()) {
            case "array" -> "list of " + word(resolved(type.getAsJsonObject("items")));
            case "string" ->
                type.has("pattern") && type.get("pattern").getAsString().contains("MB") ? "size" : "text";
            case "number" -> "seconds";
            case "boolean" -> "true or false";
            case String other -> other;
        };
    }
}
