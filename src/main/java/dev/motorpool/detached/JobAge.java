package dev.motorpool.detached;

import java.time.Instant;
import java.util.UUID;

/**
 * The place of a job among waiting ones of its priority: the 48 bits of milliseconds of its id and the 12 bits of its
 * counter (RFC 9562, version 7), so that jobs that live in the store and calls that are waited for have one order. A job
 * that becomes due later (its delay, its next attempt) is as old as that moment.
 */
public final class JobAge {

    private static final int COUNTER_BITS = 12;

    private JobAge() {}

    public static long of(UUID id) {
        long high = id.getMostSignificantBits();
        return (high >>> 16) << COUNTER_BITS | (high & 0xFFF);
    }

    public static long of(Instant moment) {
        return moment.toEpochMilli() << COUNTER_BITS;
    }

    /** The moment that an age means. */
    static Instant moment(long age) {
        return Instant.ofEpochMilli(age >> COUNTER_BITS);
    }
}
