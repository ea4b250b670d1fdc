package dev.motorpool.http;

import org.jspecify.annotations.Nullable;

/**
 * Who sends a request.
 *
 * @param key the name of its API key; empty where none is needed
 * @param reads whether answers may show what belongs to jobs: values, arguments, messages, output
 */
record Caller(String key, boolean reads) {

    private static final Caller ANYBODY = new Caller("", true);

    /** @param key null: none is needed */
    static Caller of(@Nullable ApiKey key) {
        return key == null ? ANYBODY : key.caller();
    }
}
