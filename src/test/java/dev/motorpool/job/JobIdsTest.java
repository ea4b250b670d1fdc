package dev.motorpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class JobIdsTest {

    private static final long MIX_1 = 0xff51afd7ed558ccdL;
    private static final long MIX_2 = 0xc4ceb9fe1a85ec53L;

    private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);
    private final JobIds ids = new JobIds(new MovableClock());

    private final class MovableClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis.get());
        }
    }

    @Test
    void areOfVersion7AndHoldTheTime() {
        UUID id = ids.next();
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(millis.get());
    }

    @Test
    void growWhenTheClockStandsStillStepsBackOrJumpsAhead() {
        long[] steps = {0, 0, 1, -5_000, 0, 3, -1, 10_000, 0, -1};
        String last = "";
        for (int round = 0; round < 20_000; round++) {
            millis.addAndGet(steps[round % steps.length]);
            String id = ids.next().toString();
            assertThat(id).isGreaterThan(last);
            last = id;
        }
    }

    /** {@code ThreadLocalRandom} and {@code SplittableRandom} mix a number that grows by the same step each time. */
    @Test
    void knownIdsDoNotTellTheNextOnes() {
        Set<Long> steps = steps(ids.next(), ids.next());
        for (int n = 0; n < 4; n++) {
            steps.retainAll(steps(ids.next(), ids.next()));
        }
        assertThat(steps).isEmpty();
    }

    /** By how much the number that was mixed may have grown; an id lacks the two lowest bits of the mixture. */
    private static Set<Long> steps(UUID one, UUID next) {
        Set<Long> steps = new HashSet<>();
        for (long low = 0; low < 16; low++) {
            steps.add(unmixed(next.getLeastSignificantBits() << 2 | (low & 3))
                    - unmixed(one.getLeastSignificantBits() << 2 | (low >> 2)));
        }
        return steps;
    }

    private static long unmixed(long z) {
        z = (z ^ (z >>> 33)) * inverse(MIX_2);
        z = (z ^ (z >>> 33)) * inverse(MIX_1);
        return z ^ (z >>> 33);
    }

    /** Of multiplication modulo 2 to the 64, by Newton's method. */
    private static long inverse(long odd) {
        long inverse = odd;
        for (int i = 0; i < 6; i++) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }

    @Test
    void allRandomBitsAreFreshInEachId() {
        long ever = 0;
        long always = -1;
        Set<Long> seen = new HashSet<>();
        for (int n = 0; n < 10_000; n++) {
            long bits = ids.next().getLeastSignificantBits();
            ever |= bits;
            always &= bits;
            assertThat(seen.add(bits)).isTrue();
        }
        assertThat(Long.toHexString(ever)).isEqualTo("bfffffffffffffff");
        assertThat(Long.toHexString(always)).isEqualTo("8000000000000000");
    }

    @Test
    void neverRepeatWhateverTheNumberOfThreads() {
        Set<UUID> all = ConcurrentHashMap.newKeySet();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                threads.execute(() -> {
                    for (int n = 0; n < 20_000; n++) {
                        all.add(ids.next());
                    }
                });
            }
        }
        assertThat(all).hasSize(80_000);
    }
}
