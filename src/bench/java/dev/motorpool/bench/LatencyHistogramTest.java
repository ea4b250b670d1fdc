package dev.motorpool.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 255, 256, 1_000, 65_537, 123_456_789, Long.MAX_VALUE})
    void aSingleValueIsItsMedianWithinOnePercent(long nanos) {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.add(nanos);
        assertThat(histogram.quantile(0.5)).isCloseTo(nanos, Percentage.withPercentage(1));
    }

    @Test
    void quantilesAreThoseOfTheValues() {
        LatencyHistogram histogram = new LatencyHistogram();
        for (int i = 1; i <= 10_000; i++) {
            histogram.add(i * 1_000L);
        }
        assertThat(histogram.total()).isEqualTo(10_000);
        assertThat(histogram.quantile(0.5)).isCloseTo(5_000_000L, Percentage.withPercentage(1));
        assertThat(histogram.quantile(0.99)).isCloseTo(9_900_000L, Percentage.withPercentage(1));
        assertThat(histogram.quantile(1)).isCloseTo(10_000_000L, Percentage.withPercentage(1));
    }

    @Test
    void nothingHasNoQuantile() {
        assertThat(new LatencyHistogram().quantile(0.5)).isZero();
    }
}
