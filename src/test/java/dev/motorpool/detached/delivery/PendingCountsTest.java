package dev.motorpool.detached.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Counts of pending deliveries, in total and for each receiver. */
class PendingCountsTest {

    private final PendingCounts counts = new PendingCounts();

    private static String receiver(int number) {
        return "https://receiver-" + number + ".example:443";
    }

    @Test
    void eachReceiversCountIsExact() {
        int receivers = 2_000;
        for (int i = 0; i < receivers; i++) {
            counts.add(receiver(i), i);
        }
        for (int i = 0; i < receivers; i++) {
            assertThat(counts.of(receiver(i))).isEqualTo(i);
        }
        assertThat(counts.all()).isEqualTo((long) receivers * (receivers - 1) / 2);
        for (int i = 0; i < receivers; i++) {
            counts.add(receiver(i), -i);
        }
        assertThat(counts.all()).isZero();
        assertThat(counts.of(receiver(7))).isZero();
    }

    @Test
    void receiversAboveTheLimitAreCountedTogether() {
        for (int i = 0; i < PendingCounts.MOST_RECEIVERS; i++) {
            counts.add(receiver(i), 1);
        }
        counts.add("http://one:80", 3);
        counts.add("http://other:80", 4);
        assertThat(counts.of("http://one:80")).isEqualTo(7);
        assertThat(counts.of("http://other:80")).isEqualTo(7);
        assertThat(counts.of(receiver(0))).isEqualTo(1);
        assertThat(counts.all()).isEqualTo(PendingCounts.MOST_RECEIVERS + 7);

        counts.add(receiver(0), -1);
        counts.add("http://one:80", -3);
        assertThat(counts.of("http://other:80")).isEqualTo(4);
        counts.add("http://other:80", -4);
        counts.add("http://one:80", 2); // which now has a count of its own
        assertThat(counts.of("http://one:80")).isEqualTo(2);
        assertThat(counts.of("http://other:80")).isZero();
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
