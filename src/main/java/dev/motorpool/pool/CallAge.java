package dev.motorpool.pool;

import java.time.Instant;
import java.util.UUID;

/**
 * Orders calls within a priority; a lower age is older. An age is the milliseconds since the epoch and 12 bits of a
 * counter, as in the ids of jobs (RFC 9562, version 7). Waited-for calls, detached calls and chunks of items share this
 * one scale, so they have one order.
 */
public final class CallAge {

    private static final int COUNTER_BITS = 12;
    private static final long COUNTER = (1L << COUNTER_BITS) - 1;

    private CallAge() {}

    /** The age of a job's call: the timestamp and the counter of its id, a UUID of version 7. */
    public static long of(UUID id) {
        long high = id.getMostSignificantBits();
        return (high >>> 16) << COUNTER_BITS | (high & COUNTER);
    }

    /** The oldest age within the moment's millisecond. */
    public static long of(Instant moment) {
        return ofMillis(moment.toEpochMilli());
    }

    /** The moment that an age stands for. */
    public static Instant moment(long age) {
        return Instant.ofEpochMilli(age >> COUNTER_BITS);
    }

    static long ofMillis(long millis) {
        return millis << COUNTER_BITS;
    }
}
