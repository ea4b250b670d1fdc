package dev.motorpool.deploy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An object that the chart renders. */
record Manifest(JsonObject json) {

    private static final Gson GSON = new Gson();

    static Manifest of(Object yaml) {
        return new Manifest(GSON.toJsonTree(yaml).getAsJsonObject());
    }

    /** The first object of a kind. */
    static Manifest one(List<Manifest> manifests, String kind) {
        return manifests.stream()
                .filter(manifest -> manifest.kind().equals(kind))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " in " + manifests));
    }

    /** The object of a kind with a name. */
    static Manifest one(List<Manifest> manifests, String kind, String name) {
        return one(
                manifests.stream()
                        .filter(manifest -> manifest.name().equals(name))
                        .toList(),
                kind);
    }

    /** An object whose members are all strings. */
    static Map<String, String> texts(JsonObject object) {
        Map<String, String> all = new TreeMap<>();
        object.entrySet()
                .forEach(member -> all.put(member.getKey(), member.getValue().getAsString()));
        return all;
    }

    String apiVersion() {
        return json.get("apiVersion").getAsString();
    }

    String kind() {
        return json.get("kind").getAsString();
    }

    String name() {
        return at("metadata", "name").getAsString();
    }

    boolean has(String member) {
        return json.has(member);
    }

    /** The value at this path; numbers are array indexes. */
    JsonElement at(Object... path) {
        JsonElement now = json;
        for (Object step : path) {
            JsonElement next = step instanceof Integer index
                    ? now.getAsJsonArray().get(index)
                    : now.getAsJsonObject().get((String) step);
            if (next == null) {
                throw new AssertionError("there is no " + step + " in " + now);
            }
            now = next;
        }
        return now;
    }

    String text(Object... path) {
        return at(path).getAsString();
    }

    @Override
    public String toString() {
        return kind() + "/" + name();
    }
}
