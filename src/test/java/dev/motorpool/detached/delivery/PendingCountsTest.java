package dev.motorpool.detached.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Counts of pending deliveries, in total and for each receiver. */
class PendingCountsTest {

    private final PendingCounts counts = new PendingCounts();

    private static String receiver(int number) {
        return "https://receiver-" + number + ".example:443";
    }

    @Test
    void aReceiversCountIsNeverTooLowAndNearlyAlwaysRight() {
        int receivers = 2_000;
        for (int i = 0; i < receivers; i++) {
            counts.add(receiver(i), i);
        }
        int right = 0;
        for (int i = 0; i < receivers; i++) {
            assertThat(counts.of(receiver(i))).isGreaterThanOrEqualTo(i);
            right += counts.of(receiver(i)) == i ? 1 : 0;
        }
        assertThat(right).isGreaterThan(receivers * 9 / 10);
        assertThat(counts.all()).isEqualTo((long) receivers * (receivers - 1) / 2);
        for (int i = 0; i < receivers; i++) {
            counts.add(receiver(i), -i);
        }
        assertThat(counts.all()).isZero();
        assertThat(counts.of(receiver(7))).isZero();
    }

    @Test
    void namesWithTheSameHashCodeHaveCountersOfTheirOwn() {
        String name = "https://AaAaAaAa.example:443";
        List<String> others = List.of("https://BBAaAaAa.example:443", "https://AaAaBBBB.example:443");
        counts.add(name, 1_000);
        for (String other : others) {
            assertThat(other).hasSameHashCodeAs(name);
            assertThat(counts.of(other)).isZero();
        }
        assertThat(counts.of(name)).isEqualTo(1_000);
    }

    @Test
    void whatHappensWhileTheyAreCountedStays() {
        counts.add(receiver(1), 5);
        PendingCounts known = counts.copy();
        counts.add(receiver(1), 1);
        PendingCounts counted = new PendingCounts();
        counted.add(receiver(1), 3);
        counted.add(receiver(2), 10);
        counts.correct(known, counted);
        assertThat(counts.of(receiver(1))).isEqualTo(4);
        assertThat(counts.of(receiver(2))).isEqualTo(10);
        assertThat(counts.all()).isEqualTo(14);
    }
}
