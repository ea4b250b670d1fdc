package dev.motorpool.worker;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Which sources of a directory a worker loads, and in which order. */
final class SourceSelection {

    private static final String NAMES = "MOTORPOOL_SOURCES";

    /** Those that the variable names, in the order of the names; all without it. */
    static <T> List<T> of(List<T> all, Function<T, String> name) {
        String names = System.getenv(NAMES);
        if (names == null) {
            return all;
        }
        List<T> selected = new ArrayList<>();
        for (JsonCursor cursor = new JsonCursor(RawJson.of(names)); cursor.next(); ) {
            String wanted = JsonStrings.decode(cursor.value());
            all.stream().filter(each -> name.apply(each).equals(wanted)).forEach(selected::add);
        }
        return selected;
    }

    private SourceSelection() {}
}
