package dev.motorpool.detached;

import java.time.Duration;

/**
 * Limits of detached jobs.
 *
 * @param backlog jobs that may be in the store without having ended; what would be more is refused
 * @param storeTimeout how long a client waits for the store before it is told that it is out of reach
 * @param interruptions how often a job may have been running when the service died, before it fails
 */
public record DetachedSettings(long backlog, Duration storeTimeout, int interruptions) {

    public static final DetachedSettings DEFAULT = new DetachedSettings(10_000_000, Duration.ofSeconds(10), 5);
}
