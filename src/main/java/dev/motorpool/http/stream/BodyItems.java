package dev.motorpool.http.stream;

import dev.motorpool.http.route.ItemSource;
import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** The items of a call that was read as a whole. */
public final class BodyItems implements ItemSource {

    private static final int MOST = 1024;

    private final JsonCursor cursor;

    public BodyItems(RawJson items) {
        this.cursor = new JsonCursor(items);
    }

    @Override
    public @Nullable JsonSlices next(int most) {
        JsonSlices items = JsonSlices.next(cursor, Math.min(most, MOST));
        return items.count() == 0 ? null : items;
    }

    @Override
    public void readToEnd() {
        // All items were there from the beginning.
    }
}
