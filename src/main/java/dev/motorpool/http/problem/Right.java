package dev.motorpool.http.problem;

import java.util.Locale;

/** What the holder of an API key may do. */
public enum Right {
    /** Calling functions; cancelling, retrying and deleting single jobs; retrying deliveries. */
    SUBMIT,
    /** Everything that only looks, waiting for jobs included. */
    READ,
    /** Changing pools, ending workers, cancelling many jobs at once. */
    OPERATE;

    private static final String POOLS = "/v1/pools/";

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }

    /** The right that a route of the API needs. */
    public static Right of(String method, String template) {
        if (method.equals("GET") || template.equals("/v1/wait") || template.equals("/v1/as_completed")) {
            return READ;
        }
        return template.startsWith(POOLS) || template.equals("/v1/jobs/cancel") ? OPERATE : SUBMIT;
    }
}
