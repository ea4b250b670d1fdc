package dev.motorpool.http.auth;

import org.jspecify.annotations.Nullable;

/** Hears whom the door does not let in. Called by the threads of requests; must not wait. */
public interface RejectionEvents {

    /**
     * A request was refused for its API key.
     *
     * @param reason {@code unauthorized} or {@code forbidden}
     * @param key the name of the key, null if it has none that is known
     */
    void refused(String reason, @Nullable String key);
}
