package dev.motorpool.http;

import dev.motorpool.pool.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a request.
 *
 * @param tenant whom its jobs belong to
 * @param key the name of its API key; empty where none is needed
 * @param reads whether answers may show what belongs to jobs: values, arguments, messages, output
 */
record Caller(Tenant tenant, String key, boolean reads) {

    private static final Caller ANYBODY = new Caller(Tenant.DEFAULT, "", true);

    /** @param key null: none is needed */
    static Caller of(@Nullable ApiKey key) {
        return key == null ? ANYBODY : key.caller();
    }
}
