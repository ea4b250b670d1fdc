package dev.motorpool.detached.model;

import java.util.UUID;

/**
 * The sort key of waiting jobs: higher priority first, then older first. Jobs that became due at the same moment have
 * the same age; then the lower id is first.
 */
public record JobKey(int priority, long age, UUID id) implements Comparable<JobKey> {

    /** Sorts before all others. */
    public static final JobKey FIRST = new JobKey(Integer.MAX_VALUE, Long.MIN_VALUE, new UUID(0, 0));

    public static JobKey of(StoredJob job) {
        return new JobKey(job.spec().priority(), job.age(), job.id());
    }

    @Override
    public int compareTo(JobKey other) {
        int byPriority = Integer.compare(other.priority, priority);
        if (byPriority != 0) {
            return byPriority;
        }
        int byAge = Long.compare(age, other.age);
        if (byAge != 0) {
            return byAge;
        }
        int byHigh = Long.compareUnsigned(id.getMostSignificantBits(), other.id.getMostSignificantBits());
        return byHigh != 0
                ? byHigh
                : Long.compareUnsigned(id.getLeastSignificantBits(), other.id.getLeastSignificantBits());
    }
}
