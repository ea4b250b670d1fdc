package dev.motorpool.function.signature;

import org.jspecify.annotations.Nullable;

/** Decides whether a URL given to a function may be used at all. */
@FunctionalInterface
public interface UrlRule {

    /**
     * Why a URL may not be used.
     *
     * @param sentence what is wrong
     * @param pointsSomewhere whether it is a URL at all, and where it points is what is wrong
     */
    record Objection(String sentence, boolean pointsSomewhere) {}

    /** What is wrong with the URL, or with where it points; null if nothing is. */
    @Nullable
    Objection objection(String url);
}
