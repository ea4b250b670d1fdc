package dev.motorpool.store.sqlite;

import dev.motorpool.job.JobState;

/** The numbers of the states in the tables; those that are not final come first. */
final class States {

    static final int SCHEDULED = 0;
    static final int QUEUED = 1;
    static final int RUNNING = 2;
    static final int SUCCEEDED = 3;
    static final int FAILED = 4;
    static final int CANCELLED = 5;
    static final int EXPIRED = 6;

    private static final JobState[] BY_NUMBER = {
        JobState.SCHEDULED,
        JobState.QUEUED,
        JobState.RUNNING,
        JobState.SUCCEEDED,
        JobState.FAILED,
        JobState.CANCELLED,
        JobState.EXPIRED
    };

    private States() {}

    static JobState of(int number) {
        return BY_NUMBER[number];
    }

    static int number(JobState state) {
        return switch (state) {
            case SCHEDULED -> SCHEDULED;
            case QUEUED -> QUEUED;
            case RUNNING -> RUNNING;
            case SUCCEEDED -> SUCCEEDED;
            case FAILED -> FAILED;
            case CANCELLED -> CANCELLED;
            case EXPIRED -> EXPIRED;
        };
    }
}
