package dev.motorpool.store.sqlite;

import dev.motorpool.job.JobState;
import java.util.List;

/** The numbers of the states in the tables; those that are not final come first. */
final class States {

    static final int SCHEDULED = 0;
    static final int QUEUED = 1;
    static final int RUNNING = 2;
    static final int SUCCEEDED = 3;
    static final int FAILED = 4;
    static final int CANCELLED = 5;
    static final int EXPIRED = 6;

    private static final List<JobState> BY_NUMBER = List.of(
            JobState.SCHEDULED,
            JobState.QUEUED,
            JobState.RUNNING,
            JobState.SUCCEEDED,
            JobState.FAILED,
            JobState.CANCELLED,
            JobState.EXPIRED);

    private States() {}

    static JobState of(int number) {
        return BY_NUMBER.get(number);
    }

    static int number(JobState state) {
        return BY_NUMBER.indexOf(state);
    }
}
