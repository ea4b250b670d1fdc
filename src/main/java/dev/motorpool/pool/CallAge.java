package dev.motorpool.pool;

import java.time.Instant;
import java.util.UUID;

/**
 * The place of a call among those of its priority; lower is older. One scale for all: milliseconds since the epoch and
 * 12 bits of a counter, as in the ids of jobs (RFC 9562, version 7), so that calls that are waited for, calls that live
 * in the store, and chunks of items have one order.
 */
public final class CallAge {

    private static final int COUNTER_BITS = 12;
    private static final long COUNTER = (1L << COUNTER_BITS) - 1;

    private CallAge() {}

    /** The age of a job's call: the moment and the counter that its id, a UUID of version 7, was made of. */
    public static long of(UUID id) {
        long high = id.getMostSignificantBits();
        return (high >>> 16) << COUNTER_BITS | (high & COUNTER);
    }

    /** The oldest age of the moment's millisecond. */
    public static long of(Instant moment) {
        return ofMillis(moment.toEpochMilli());
    }

    /** The moment that an age means. */
    public static Instant moment(long age) {
        return Instant.ofEpochMilli(age >> COUNTER_BITS);
    }

    static long ofMillis(long millis) {
        return millis << COUNTER_BITS;
    }
}
