package dev.motorpool.http.route;

import java.util.Locale;

/** The query parameters of the API. */
public enum QueryParameter {
    LIMIT,
    CURSOR,
    TIMEOUT,
    WAIT,
    VALUE,
    FORCE,
    STATE("state"),
    OF_FUNCTION("function"),
    OF_POOL("pool"),
    WITH_TAG("tag"),
    ORDER("order"),
    AFTER("after"),
    FUNCTION("function"),
    CHUNKSIZE("chunksize"),
    WINDOW("window"),
    POOL("pool"),
    ITEM_TIMEOUT("timeout"),
    EXPIRES("expires"),
    PRIORITY("priority"),
    TAGS("tags"),
    TAG("tag"),
    OF_RUNTIME("runtime"),
    OF_SOURCE("source");

    private final String word;

    QueryParameter() {
        this.word = name().toLowerCase(Locale.ROOT);
    }

    QueryParameter(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
