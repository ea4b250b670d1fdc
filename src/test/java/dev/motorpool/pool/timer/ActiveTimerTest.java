package dev.motorpool.pool.timer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ActiveTimerTest {

    private static final long MILLISECOND = 1_000_000;
    private static final long LIMIT = 2_500 * MILLISECOND;

    private final VirtualTime time = new VirtualTime();
    /** When the timer went off. */
    private final List<Long> ends = new ArrayList<>();

    private Timers.Timer limit() {
        return time.afterActive(LIMIT, () -> ends.add(time.nanoTime()));
    }

    private void live(Duration duration) {
        time.runUntil(time.nanoTime() + duration.toNanos());
    }

    @Test
    void withoutAStandstillItIsOnTime() {
        limit();
        live(Duration.ofSeconds(10));
        assertThat(ends).containsExactly(LIMIT);
    }

    @Test
    void aStandstillDoesNotCount() {
        limit();
        live(Duration.ofMillis(500));
        time.standStill(4_000 * MILLISECOND);
        live(Duration.ofSeconds(10));
        assertThat(ends).singleElement().satisfies(end -> assertThat(end)
                .isBetween(LIMIT + 4_000 * MILLISECOND, LIMIT + 4_500 * MILLISECOND));
    }

    @Test
    void aTimerThatComesLateWaitsOnceMoreAsLong() {
        limit();
        live(Duration.ofMillis(2_450));
        time.standStill(100 * MILLISECOND);
        live(Duration.ofSeconds(10));
        assertThat(ends).containsExactly(LIMIT + 100 * MILLISECOND);
    }

    @Test
    void aCancelledTimerDoesNotGoOffAfterAStandstill() {
        Timers.Timer limit = limit();
        live(Duration.ofMillis(500));
        time.standStill(4_000 * MILLISECOND);
        live(Duration.ofMillis(10));
        limit.cancel();
        live(Duration.ofSeconds(10));
        assertThat(ends).isEmpty();
    }

    @Test
    void theClockCountsGapsBetweenItsReadingsAsStandstill() {
        ActiveClock clock = new ActiveClock(0);
        long gap = ActiveClock.LONGEST_GAP.toNanos();
        assertThat(clock.read(gap)).isEqualTo(gap);
        assertThat(clock.read(gap + 4_000 * MILLISECOND)).isEqualTo(2 * gap);
        assertThat(clock.read(gap)).as("a reading that comes too late").isLessThan(2 * gap);
        assertThat(clock.read(gap + 4_001 * MILLISECOND)).isEqualTo(2 * gap + MILLISECOND);
    }

    /** Whether the real clock is read often enough while nothing happens: looking at it would read it. */
    @Test
    void theRealClockRunsWhileNothingHappens() throws InterruptedException {
        try (Timers timers = Timers.real()) {
            long begin = timers.activeNanos();
            Thread.sleep(4 * ActiveClock.LONGEST_GAP.toMillis());
            assertThat(timers.activeNanos() - begin).isGreaterThan(2 * ActiveClock.LONGEST_GAP.toNanos());
        }
    }
}
