package dev.motorpool.http;

import java.util.Locale;

/** The query parameters of the API. */
enum QueryParameter {
    LIMIT("How many items a page may have, 1 to 1000; 100 if left out."),
    CURSOR("Where the page begins: `next_cursor` of the page before."),
    TIMEOUT("Seconds to wait, 0 to 300, fractions allowed; 0 (asks without waiting) if left out.");

    private final String word = name().toLowerCase(Locale.ROOT);
    private final String description;

    QueryParameter(String description) {
        this.description = description;
    }

    String word() {
        return word;
    }

    String description() {
        return description;
    }
}
