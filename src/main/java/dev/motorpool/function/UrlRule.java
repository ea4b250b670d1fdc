package dev.motorpool.function;

import org.jspecify.annotations.Nullable;

/** Decides whether a URL given to a function may be used at all. */
@FunctionalInterface
public interface UrlRule {

    /** What is wrong with where the URL points, as a sentence; null if nothing is. */
    @Nullable
    String objection(String url);
}
