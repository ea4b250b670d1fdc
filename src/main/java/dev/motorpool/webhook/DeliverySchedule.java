package dev.motorpool.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Decides when a delivery is tried again. */
final class DeliverySchedule {

    /** The pauses after the first try, the second, and so on; each may be a tenth longer. */
    static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24));

    /** The longest pause that a receiver may ask for. */
    static final Duration LONGEST = Duration.ofHours(24);

    private static final double JITTER = 0.1;

    /** From 0 to 1. */
    private final DoubleSupplier random;

    DeliverySchedule(DoubleSupplier random) {
        this.random = random;
    }

    /**
     * When to try again; null if it was the last try.
     *
     * @param tries how many there have been, at least 1
     * @param asked when the receiver has asked for the next try; null if it has not
     */
    @Nullable
    Instant next(int tries, Instant now, @Nullable Instant asked) {
        if (tries > PAUSES.size()) {
            return null;
        }
        long nanos = PAUSES.get(tries - 1).toNanos();
        Instant own = now.plusNanos(nanos + (long) (nanos * JITTER * random.getAsDouble()));
        Instant latest = now.plus(LONGEST);
        if (asked == null || !asked.isAfter(own)) {
            return own;
        }
        return asked.isAfter(latest) ? latest.isAfter(own) ? latest : own : asked;
    }
}
