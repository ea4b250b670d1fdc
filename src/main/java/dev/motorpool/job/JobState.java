package dev.motorpool.job;

import java.util.Locale;

/** The states of a job that is waited for; it is seen only in a final one. */
public enum JobState {
    SUCCEEDED,
    FAILED,
    CANCELLED,
    EXPIRED;

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }
}
