package dev.motorpool.detached.model;

import java.util.Locale;

/** How far a delivery is. */
public enum DeliveryState {
    /** It is tried, or will be. */
    PENDING,
    /** Its receiver has it. */
    DELIVERED,
    /** It was given up. */
    FAILED;

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }
}
