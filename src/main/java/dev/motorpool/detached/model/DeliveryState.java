package dev.motorpool.detached.model;

import java.util.Locale;

/** The state of a delivery. */
public enum DeliveryState {
    /** It will be attempted again. */
    PENDING,
    /** Its receiver has accepted it. */
    DELIVERED,
    /** It was given up. */
    FAILED;

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }
}
