package dev.motorpool.detached;

import java.time.Duration;

/**
 * Limits of detached jobs.
 *
 * @param backlog jobs that may be in the store without having ended; what would be more is refused
 * @param storeTimeout how long a client waits for the store before it is told that it is out of reach
 * @param deaths as many deaths of the service under a job, which was recorded as started, make the job fail
 * @param memory bytes of jobs in memory: those that are read ahead and those that run
 * @param diskReserve bytes of the disk that are kept for the ends of jobs; at most an eighth of it
 */
public record DetachedSettings(long backlog, Duration storeTimeout, int deaths, long memory, long diskReserve) {

    /** The limits where nothing is configured. */
    public static final DetachedSettings DEFAULT = new DetachedSettings(
            10_000_000, Duration.ofSeconds(10), 5, Runtime.getRuntime().maxMemory() / 8, 128L << 20);
}
