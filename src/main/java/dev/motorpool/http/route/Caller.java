package dev.motorpool.http.route;

import dev.motorpool.pool.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a request.
 *
 * @param tenant whom its jobs belong to
 * @param key the name of its API key; empty where none is needed
 * @param reads whether answers may show what belongs to jobs: values, arguments, messages, output
 */
public record Caller(Tenant tenant, String key, boolean reads) {

    private static final Caller ANYBODY = new Caller(Tenant.DEFAULT, "", true);

    /** The caller with this key; anybody where none is needed (null). */
    public static Caller of(@Nullable ApiKey key) {
        return key == null ? ANYBODY : key.caller();
    }
}
