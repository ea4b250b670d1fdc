package dev.motorpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class JobIdsTest {

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
