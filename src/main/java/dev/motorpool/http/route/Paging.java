package dev.motorpool.http.route;

import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Pages of lists that are sorted by a key. A cursor holds the key of the last item returned, and a checksum over the
 * key, the list and its filters, so that a damaged or foreign cursor is detected.
 */
public final class Paging {

    private static final int MAX_LIMIT = 1000;
    private static final int STANDARD_LIMIT = 100;

    /** A page ends after the item with which it reaches this size. */
    private static final int MOST_BYTES = 4 << 20;

    private static final String VERSION = "1";

    private Paging() {}

    /**
     * Writes one page.
     *
     * @param list the list with its filters: a cursor is valid for one list only
     * @param items all items, sorted by their keys
     */
    public static <T> void write(
            JsonWriter json,
            Query query,
            String list,
            List<T> items,
            Function<T, String> key,
            BiConsumer<JsonWriter, T> writer)
            throws ProblemException {
        int limit = limit(query);
        String last = after(query, list);
        int from = 0;
        if (last != null) {
            while (from < items.size() && key.apply(items.get(from)).compareTo(last) <= 0) {
                from++;
            }
        }
        write(json, limit, list, items.subList(from, items.size()), false, key, writer);
    }

    /** Most items of the page. */
    public static int limit(Query query) throws ProblemException {
        return query.integer("limit", 1, MAX_LIMIT, STANDARD_LIMIT);
    }

    /** The key of the last item before the page; null for the first page. */
    public static @Nullable String after(Query query, String list) throws ProblemException {
        String cursor = query.get("cursor");
        return cursor == null ? null : open(cursor, list);
    }

    /**
     * Writes one page, with fewer items than the limit if they are long.
     *
     * @param items the items after the previous page
     * @param more whether more items follow
     */
    public static <T> void write(
            JsonWriter json,
            int limit,
            String list,
            List<T> items,
            boolean more,
            Function<T, String> key,
            BiConsumer<JsonWriter, T> writer) {
        json.beginObject().name("items").beginArray();
        int count = 0;
        while (count < Math.min(items.size(), limit) && json.size() < MOST_BYTES) {
            writer.accept(json, items.get(count++));
        }
        json.endArray().name("next_cursor");
        boolean last = count == items.size() && (!more || count == 0);
        json.value(last ? null : seal(key.apply(items.get(count - 1)), list));
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
            // Treated as any other foreign cursor.
        }
        throw refused();
    }

    public static ProblemException refused() {
        return Query.refuse("cursor", "The cursor is broken, or was made for another list or other filters.");
    }

    private static long sum(String key, String list) {
        CRC32 crc = new CRC32();
        crc.update((list + '\n' + key).getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }
}
