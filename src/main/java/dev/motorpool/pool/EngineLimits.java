package dev.motorpool.pool;

import java.time.Duration;
import java.util.Map;

/**
 * Limits that hold for all pools.
 *
 * @param frame maximum bytes of one frame from a worker
 * @param value maximum bytes of one value
 * @param start time a new worker has to say hello, and again to run its initializer
 * @param stop time a worker has to exit after the order to exit
 * @param stuck time a thread has to return after its interrupt before it counts as stuck
 * @param silence time without a sign of life after which a worker is killed
 * @param running maximum of a tenant's running calls in one pool, by the tenant's name; others have no limit
 */
public record EngineLimits(
        int frame,
        int value,
        Duration start,
        Duration stop,
        Duration stuck,
        Duration silence,
        Map<String, Integer> running) {

    private static final Duration SILENCE = Duration.ofSeconds(30);

    public EngineLimits(int frame, int value, Duration start, Duration stop, Duration stuck) {
        this(frame, value, start, stop, stuck, SILENCE);
    }

    public EngineLimits(int frame, int value, Duration start, Duration stop, Duration stuck, Duration silence) {
        this(frame, value, start, stop, stuck, silence, Map.of());
    }

    /** A copy with these limits of tenants. */
    public EngineLimits withRunning(Map<String, Integer> byTenant) {
        return new EngineLimits(frame, value, start, stop, stuck, silence, Map.copyOf(byTenant));
    }

    public static final EngineLimits DEFAULT = new EngineLimits(
            16 * 1024 * 1024 + 64 * 1024,
            16 * 1024 * 1024,
            Duration.ofSeconds(20),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1));
}
