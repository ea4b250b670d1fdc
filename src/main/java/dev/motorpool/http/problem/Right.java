package dev.motorpool.http.problem;

import java.util.Locale;

/** A right of an API key. */
public enum Right {
    /** Calling functions; cancelling, retrying and deleting single jobs; retrying deliveries. */
    SUBMIT,
    /** All read-only operations, including waits for jobs. */
    READ,
    /** Changing pools, ending workers, loading sources, cancelling many jobs at once. */
    OPERATE;

    private static final String POOLS = "/v1/pools/";

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }

    /** The right that a route of the API requires. */
    public static Right of(String method, String template) {
        if (method.equals("GET") || template.equals("/v1/wait") || template.equals("/v1/as_completed")) {
            return READ;
        }
        return template.startsWith(POOLS) || template.startsWith("/v1/sources/") || template.equals("/v1/jobs/cancel")
                ? OPERATE
                : SUBMIT;
    }
}
