package dev.motorpool.detached.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Expected durations by the recent rate of starts, at a time that the test controls. */
class StartRateTest {

    private static final long MILLIS = 1_000_000;

    private final StartRate rate = new StartRate();

    private long now = Duration.ofDays(1).toNanos();

    /** Starts jobs at this rate, or none although some could start. */
    private void work(int seconds, int startsPerSecond) {
        for (int i = 0; i < seconds; i++) {
            rate.couldStart(now);
            for (int start = 0; start < startsPerSecond; start++) {
                rate.add(now + start * 1000L * MILLIS / startsPerSecond);
            }
            now += 1000 * MILLIS;
        }
    }

    private void pause(int seconds) {
        now += 1000L * seconds * MILLIS;
    }

    private double secondsFor(int starts) {
        return Objects.requireNonNull(rate.timeFor(starts, now)).toNanos() / 1e9;
    }

    @Test
    void nothingIsKnownWithoutAStart() {
        rate.couldStart(now);
        assertThat(rate.timeFor(1, now)).isNull();
    }

    @Test
    void aSteadyRateIsFound() {
        work(100, 10);
        assertThat(secondsFor(50)).isBetween(4.5, 5.5);
    }

    @Test
    void aPoolThatHasJustBegunIsNotTakenForASlowOne() {
        work(2, 10);
        assertThat(secondsFor(50)).isBetween(4.0, 6.0);
    }

    /** The first starts come together, as soon as the slots are there: they say nothing about those that follow. */
    @Test
    void theFirstMillisecondsAreNoRate() {
        rate.couldStart(now);
        for (int slot = 0; slot < 4; slot++) {
            rate.add(now);
        }
        now += 5 * MILLIS;
        assertThat(secondsFor(8)).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aPauseDoesNotCount() {
        work(30, 10);
        pause(10);
        work(2, 10);
        assertThat(secondsFor(50)).isBetween(4.0, 6.0);
        pause(60);
        assertThat(rate.timeFor(1, now)).isNull();
        work(3, 10);
        assertThat(secondsFor(50)).isBetween(4.0, 6.0);
    }

    @Test
    void timeInWhichNothingStartsThoughItCouldDoes() {
        for (int i = 0; i < 10; i++) {
            work(1, 1);
            work(3, 0);
        }
        assertThat(secondsFor(2)).isBetween(6.0, 10.0);
    }
}
