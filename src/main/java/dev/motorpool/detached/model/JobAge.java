package dev.motorpool.detached.model;

import dev.motorpool.pool.CallAge;
import java.time.Instant;
import java.util.UUID;

/**
 * The age of a waiting job, which orders jobs of equal priority: the 48 bits of milliseconds of its id and the 12 bits
 * of its counter (RFC 9562, version 7). Detached and synchronous calls share this order. The age of a job that becomes
 * due later (its delay, its next attempt) is that moment.
 */
public final class JobAge {

    private JobAge() {}

    public static long of(UUID id) {
        return CallAge.of(id);
    }

    public static long of(Instant moment) {
        return CallAge.of(moment);
    }

    /** The moment of an age. */
    public static Instant moment(long age) {
        return CallAge.moment(age);
    }
}
