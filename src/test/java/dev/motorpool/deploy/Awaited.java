package dev.motorpool.deploy;

import java.util.Set;

/** Metrics that dashboards and alerts know already, and the service does not tell yet. */
final class Awaited {

    static final Set<String> METRICS = Set.of(
            "motorpool_deliveries_pending",
            "motorpool_deliveries_overdue_seconds",
            "motorpool_delivery_tries_total",
            "motorpool_delivery_try_seconds_total");

    private Awaited() {}
}
