package dev.motorpool.detached.model;

import dev.motorpool.job.JobState;
import java.util.Comparator;

/**
 * The position of a state in the life of its job. Each state that a job reaches has a greater position than the one before
 * it: rounds come in their order, attempts in theirs, and each attempt runs, is scheduled again and queued again.
 *
 * @param attempt the latest attempt that has started, 0 before the first
 * @param rank of the state among those with the same latest attempt
 */
public record LifePosition(int round, int attempt, int rank) implements Comparable<LifePosition> {

    /** Before every state. */
    public static final LifePosition START = new LifePosition(0, 0, 0);

    private static final Comparator<LifePosition> ORDER = Comparator.comparingInt(LifePosition::round)
            .thenComparingInt(LifePosition::attempt)
            .thenComparingInt(LifePosition::rank);

    public static LifePosition of(StoredJob job) {
        return new LifePosition(job.round(), job.attempt(), rank(job.state()));
    }

    private static int rank(JobState state) {
        return switch (state) {
            case RUNNING -> 0;
            case SCHEDULED -> 1;
            case QUEUED -> 2;
            case SUCCEEDED, FAILED, CANCELLED, EXPIRED -> 3;
        };
    }

    public boolean isAfter(LifePosition other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(LifePosition other) {
        return ORDER.compare(this, other);
    }
}
