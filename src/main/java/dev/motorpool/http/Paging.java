package dev.motorpool.http;

import dev.motorpool.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.zip.CRC32;

/**
 * Pages of lists that are sorted by a key. A cursor holds the key of the last item that was told, and a sum over it and
 * over what list and filters it was made for, so that a broken or foreign one is noticed.
 */
final class Paging {

    static final Set<String> PARAMETERS = Set.of("limit", "cursor");

    private static final int MAX_LIMIT = 1000;
    private static final int STANDARD_LIMIT = 100;
    private static final String VERSION = "1";

    private Paging() {}

    /**
     * Writes one page.
     *
     * @param list what is paged, its filters included: cursors of one list do not fit another
     * @param items all items, sorted by their keys
     */
    static <T> void write(
            JsonWriter json,
            Query query,
            String list,
            List<T> items,
            Function<T, String> key,
            BiConsumer<JsonWriter, T> writer)
            throws ProblemException {
        int limit = query.integer("limit", 1, MAX_LIMIT, STANDARD_LIMIT);
        String cursor = query.get("cursor");
        int from = 0;
        if (cursor != null) {
            String last = open(cursor, list);
            while (from < items.size() && key.apply(items.get(from)).compareTo(last) <= 0) {
                from++;
            }
        }
        int to = Math.min(items.size(), from + limit);
        json.beginObject().name("items").beginArray();
        for (T item : items.subList(from, to)) {
            writer.accept(json, item);
        }
        json.endArray().name("next_cursor");
        json.value(to < items.size() ? seal(key.apply(items.get(to - 1)), list) : null);
        json.endObject();
    }

    private static String seal(String key, String list) {
        String text = VERSION + ":" + Long.toHexString(sum(key, list)) + ":" + key;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String open(String cursor, String list) throws ProblemException {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            String[] parts = text.split(":", 3);
            if (parts.length == 3 && seal(parts[2], list).equals(cursor)) {
                return parts[2];
            }
        } catch (IllegalArgumentException notBase64) {
            // As any other cursor that was not made here.
        }
        throw Query.refuse("cursor", "The cursor is broken, or was made for another list or other filters.");
    }

    private static long sum(String key, String list) {
        CRC32 crc = new CRC32();
        crc.update((list + '\n' + key).getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }
}
