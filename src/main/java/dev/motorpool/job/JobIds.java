package dev.motorpool.job;

import dev.motorpool.pool.CallAge;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Generates job ids: UUIDs of version 7 that grow within this process even when the clock stands still or steps back.
 * Thread-safe.
 *
 * <p>48 bits of milliseconds and 12 bits of a counter form one number that only grows: when the clock is behind it, the
 * counter goes on and carries into the milliseconds. 62 random bits follow, fresh in each id and from an unpredictable
 * source. Nobody can guess an id from other ids.
 */
public final class JobIds {

    private static final int COUNTER_BITS = 12;
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final Clock clock;
    private final RandomBits random = new RandomBits();

    /** Milliseconds and counter of the latest id; only grows, by compare-and-set. */
    private final AtomicLong latest = new AtomicLong();

    public JobIds(Clock clock) {
        this(clock, null);
    }

    /** @param newest all new ids are greater than this one; null: no bound */
    public JobIds(Clock clock, @Nullable UUID newest) {
        this.clock = clock;
        if (newest != null) {
            latest.set(CallAge.of(newest));
        }
    }

    public UUID next() {
        long now = clock.millis() << COUNTER_BITS;
        long stamp = latest.updateAndGet(last -> Math.max(last + 1, now));
        long millis = stamp >>> COUNTER_BITS;
        long counter = stamp & 0xFFF;
        return new UUID(millis << 16 | VERSION_7 | counter, VARIANT | random.next() >>> 2);
    }
}
