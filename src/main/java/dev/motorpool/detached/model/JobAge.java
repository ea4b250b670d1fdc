package dev.motorpool.detached.model;

import dev.motorpool.pool.CallAge;
import java.time.Instant;
import java.util.UUID;

/**
 * The place of a job among waiting ones of its priority: the 48 bits of milliseconds of its id and the 12 bits of its
 * counter (RFC 9562, version 7), so that jobs that live in the store and calls that are waited for have one order. A job
 * that becomes due later (its delay, its next attempt) is as old as that moment.
 */
public final class JobAge {

    private JobAge() {}

    public static long of(UUID id) {
        return CallAge.of(id);
    }

    public static long of(Instant moment) {
        return CallAge.of(moment);
    }

    /** The moment that an age means. */
    public static Instant moment(long age) {
        return CallAge.moment(age);
    }
}
