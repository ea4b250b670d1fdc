package dev.motorpool.http.route;

import dev.motorpool.pool.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * The sender of a request.
 *
 * @param tenant the owner of its jobs
 * @param key the name of its API key; empty where none is required
 * @param reads whether answers may include the contents of jobs: values, arguments, messages, output
 */
public record Caller(Tenant tenant, String key, boolean reads) {

    /** The attribute of a servlet request that has its caller. */
    public static final String ATTRIBUTE = Caller.class.getName();

    private static final Caller ANYBODY = new Caller(Tenant.DEFAULT, "", true);

    /** The caller with this key; the anonymous caller if no key is required (null). */
    public static Caller of(@Nullable ApiKey key) {
        return key == null ? ANYBODY : key.caller();
    }
}
