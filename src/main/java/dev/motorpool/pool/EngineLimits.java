package dev.motorpool.pool;

import java.time.Duration;

/**
 * Limits that hold for all pools.
 *
 * @param frame bytes of one frame from a worker
 * @param value bytes of one value
 * @param start time a new worker has to say hello, and again to run its initializer
 * @param stop time a worker has to exit when it is told to
 * @param stuck time a thread has to return after its interrupt before it counts as stuck
 * @param silence time in which a worker that gives no sign of life is killed
 */
public record EngineLimits(int frame, int value, Duration start, Duration stop, Duration stuck, Duration silence) {

    private static final Duration SILENCE = Duration.ofSeconds(30);

    public EngineLimits(int frame, int value, Duration start, Duration stop, Duration stuck) {
        this(frame, value, start, stop, stuck, SILENCE);
    }

    public static final EngineLimits DEFAULT = new EngineLimits(
            16 * 1024 * 1024 + 64 * 1024,
            16 * 1024 * 1024,
            Duration.ofSeconds(20),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1));
}
