package dev.motorpool.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All metrics, without the rows of tenants that the current caller may not see. */
public final class VisibleMetrics extends PrometheusRegistry {

    private final PrometheusRegistry all;
    private final Predicate<String> visible;

    /** @param visible whether the current caller may see the tenant of this name */
    public VisibleMetrics(PrometheusRegistry all, Predicate<String> visible) {
        this.all = all;
        this.visible = visible;
    }

    @Override
    public MetricSnapshots scrape() {
        return of(all.scrape());
    }

    @Override
    public MetricSnapshots scrape(@Nullable Predicate<String> names) {
        return of(all.scrape(names));
    }

    private MetricSnapshots of(MetricSnapshots snapshots) {
        return new MetricSnapshots(snapshots.stream()
                .map(snapshot -> snapshot.getMetadata().getName().startsWith(TenantMetrics.PROMETHEUS_PREFIX)
                        ? of(snapshot)
                        : snapshot)
                .filter(snapshot -> !snapshot.getDataPoints().isEmpty())
                .toList());
    }

    private MetricSnapshot of(MetricSnapshot snapshot) {
        return switch (snapshot) {
            case CounterSnapshot counter -> new CounterSnapshot(counter.getMetadata(), of(counter.getDataPoints()));
            case GaugeSnapshot gauge -> new GaugeSnapshot(gauge.getMetadata(), of(gauge.getDataPoints()));
            default -> throw new IllegalStateException("tenants have counters and gauges only: " + snapshot);
        };
    }

    private <T extends DataPointSnapshot> List<T> of(List<T> rows) {
        return rows.stream()
                .filter(row -> {
                    String tenant = row.getLabels().get(TenantMetrics.TENANT);
                    return tenant != null && visible.test(tenant);
                })
                .toList();
    }
}
