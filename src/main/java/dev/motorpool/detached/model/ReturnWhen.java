package dev.motorpool.detached.model;

/** When a wait for several jobs is over, as in {@code concurrent.futures.wait}. */
public enum ReturnWhen {
    /** When any job is final. */
    FIRST_COMPLETED,
    /** When any job has failed or expired (being cancelled is no failure), or all are final. */
    FIRST_EXCEPTION,
    /** When all jobs are final. */
    ALL_COMPLETED
}
