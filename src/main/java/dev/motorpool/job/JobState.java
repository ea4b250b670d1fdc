package dev.motorpool.job;

import java.util.Locale;

/** The states of a job. One that is waited for is seen only in a final one. */
public enum JobState {
    /** Its start, or its next attempt, is later. */
    SCHEDULED,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED,
    EXPIRED;

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }

    /** Whether it has ended: this state stays, unless somebody retries it. */
    public boolean isFinal() {
        return this != SCHEDULED && this != QUEUED && this != RUNNING;
    }
}
