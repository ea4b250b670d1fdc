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

    /** Those that the variable names and the directory does not have, as sources that have failed. */
    static <T> List<SourceState> missing(List<T> all, Function<T, String> name) {
        String names = System.getenv(NAMES);
        List<SourceState> missing = new ArrayList<>();
        for (JsonCursor cursor = new JsonCursor(names == null ? RawJson.EMPTY_ARRAY : RawJson.of(names));
                cursor.next(); ) {
            String wanted = JsonStrings.decode(cursor.value());
            if (all.stream().noneMatch(each -> name.apply(each).equals(wanted))) {
                missing.add(new SourceState(wanted, wanted, true, "The directory does not have it.", null, List.of()));
            }
        }
        return missing;
    }

    private SourceSelection() {}
}
