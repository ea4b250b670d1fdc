package dev.motorpool.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.DoubleStream;

/** A histogram metric of the scrape, with labels. */
final class TimeCollector implements Collector {

    private static final double[] BOUNDS_SECONDS = DoubleStream.concat(
                    Arrays.stream(TimeHistogram.BOUNDS_NANOS).mapToDouble(bound -> bound / 1e9),
                    DoubleStream.of(Double.POSITIVE_INFINITY))
            .toArray();

    private final String name;
    private final String help;
    private final Map<Labels, TimeHistogram> histograms = new ConcurrentHashMap<>();

    /** @param name with its unit, {@code _seconds} */
    TimeCollector(String name, String help) {
        this.name = name;
        this.help = help;
    }

    /** The only histogram, without labels. */
    TimeHistogram histogram() {
        return histograms.computeIfAbsent(Labels.EMPTY, labels -> new TimeHistogram());
    }

    TimeHistogram histogram(String pool, String function) {
        return histograms.computeIfAbsent(labels(pool, function), labels -> new TimeHistogram());
    }

    void remove(String pool) {
        histograms.keySet().removeIf(labels -> pool.equals(labels.get("pool")));
    }

    private static Labels labels(String pool, String function) {
        return Labels.of("function", function, "pool", pool);
    }

    @Override
    public MetricSnapshot collect() {
        HistogramSnapshot.Builder snapshot =
                HistogramSnapshot.builder().name(name).help(help).unit(Unit.SECONDS);
        histograms.forEach((labels, histogram) -> snapshot.dataPoint(HistogramDataPointSnapshot.builder()
                .labels(labels)
                .sum(histogram.sumSeconds())
                .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS_SECONDS, histogram.counts()))
                .build()));
        return snapshot.build();
    }
}
