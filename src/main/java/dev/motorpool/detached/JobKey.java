package dev.motorpool.detached;

/** The order of waiting jobs: higher priority first, then older first. Ages of jobs in one store differ. */
public record JobKey(int priority, long age) implements Comparable<JobKey> {

    /** Before all others. */
    public static final JobKey FIRST = new JobKey(Integer.MAX_VALUE, Long.MIN_VALUE);

    static JobKey of(StoredJob job) {
        return new JobKey(job.priority(), job.age());
    }

    @Override
    public int compareTo(JobKey other) {
        int byPriority = Integer.compare(other.priority, priority);
        return byPriority != 0 ? byPriority : Long.compare(age, other.age);
    }
}
