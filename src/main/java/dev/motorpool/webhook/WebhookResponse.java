package dev.motorpool.webhook;

import org.jspecify.annotations.Nullable;

/**
 * What a try has brought.
 *
 * @param status the receiver's; 0 if it gave none
 * @param retryAfter the header as it came; null if there was none
 * @param error why there is no status, or no use in it; null if there is nothing to say
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

    /** The receiver wants nothing of this any more. */
    boolean gone() {
        return status == GONE;
    }

    /** The receiver, or who stands before it, cannot take anything now. */
    boolean busy() {
        return status == 429 || status == 503;
    }
}
