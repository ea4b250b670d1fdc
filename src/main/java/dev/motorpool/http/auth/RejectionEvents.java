package dev.motorpool.http.auth;

import org.jspecify.annotations.Nullable;

/** Listens for rejected requests. Called by the threads of requests; must not block. */
public interface RejectionEvents {

    /**
     * A request was rejected because of its API key.
     *
     * @param reason {@code unauthorized} or {@code forbidden}
     * @param key the name of the key; null if the request has no known key
     */
    void refused(String reason, @Nullable String key);
}
