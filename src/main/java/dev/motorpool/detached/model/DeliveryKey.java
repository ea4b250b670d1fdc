package dev.motorpool.detached.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The key of a delivery: each round of a job has one end, and at most one delivery of it.
 *
 * @param round of the job, from 1
 */
public record DeliveryKey(UUID job, int round) {

    private static final int DIGITS = 9;

    /** Parses the text form of a key; null if it is invalid. */
    public static @Nullable DeliveryKey parse(String text) {
        int dash = text.lastIndexOf('-');
        String digits = text.substring(dash + 1);
        if (dash < 0 || digits.length() > DIGITS || !digits.matches("[1-9][0-9]*")) {
            return null;
        }
        try {
            UUID job = UUID.fromString(text.substring(0, dash));
            DeliveryKey key = new DeliveryKey(job, Integer.parseInt(digits));
            return key.id().equals(text) ? key : null;
        } catch (IllegalArgumentException noId) {
            return null;
        }
    }

    /**
     * Its id for clients and receivers: the job's id, a dash, and the round. It contains no full stop, which ids of
     * webhooks must not have.
     */
    public String id() {
        return job + "-" + round;
    }
}
