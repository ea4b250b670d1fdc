package dev.motorpool.webhook;

import org.jspecify.annotations.Nullable;

/**
 * The response to a try.
 *
 * @param status the receiver's status; 0 if there was none
 * @param retryAfter the header as received; null if there was none
 * @param error why there is no status, or no usable one; null if there is nothing to report
 */
record WebhookResponse(
        int status, @Nullable String retryAfter, @Nullable String error) {

    private static final int GONE = 410;

    static WebhookResponse silence(String error) {
        return new WebhookResponse(0, null, error);
    }

    boolean answered() {
        return status > 0;
    }

    boolean accepted() {
        return status / 100 == 2;
    }

    /** The receiver wants no more deliveries of this kind. */
    boolean gone() {
        return status == GONE;
    }

    /** The receiver, or a proxy in front of it, is temporarily unable to take deliveries. */
    boolean busy() {
        return status == 429 || status == 503;
    }
}
