package dev.motorpool.job;

import java.util.Locale;

/** The states of a job. A job that a client waits for is visible only in a final one. */
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

    /** Whether the job has ended: this state stays, unless the job is retried. */
    public boolean isFinal() {
        return this != SCHEDULED && this != QUEUED && this != RUNNING;
    }
}
