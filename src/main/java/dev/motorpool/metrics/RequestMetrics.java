package dev.motorpool.metrics;

import dev.motorpool.http.route.RequestEvents;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Times the requests that the filter answers itself, under Spring Boot's own name and tags. There is one timer for each
 * combination of route, method and status.
 */
public final class RequestMetrics implements RequestEvents {

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");

    private record Kind(String method, String template, int status) {}

    private final MeterRegistry registry;
    private final TenantMetrics tenants;
    private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

    public RequestMetrics(MeterRegistry registry, TenantMetrics tenants) {
        this.registry = registry;
        this.tenants = tenants;
    }

    @Override
    public void tenantRefused(String tenant, String limit) {
        tenants.refused(tenant, limit);
    }

    @Override
    public void answered(String method, String template, int status, long nanos) {
        // Clients may invent methods, and each would create a timer.
        Kind kind = new Kind(METHODS.contains(method) ? method : "UNKNOWN", template, status);
        Timer timer = timers.get(kind);
        if (timer == null) {
            timer = timers.computeIfAbsent(kind, this::timer);
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Kind kind) {
        return Timer.builder("http.server.requests")
                .tag("method", kind.method)
                .tag("uri", kind.template)
                .tag("status", Integer.toString(kind.status))
                .tag("outcome", outcome(kind.status))
                .tag("exception", "none")
                .tag("error", "none")
                .register(registry);
    }

    private static String outcome(int status) {
        return switch (status / 100) {
            case 1 -> "INFORMATIONAL";
            case 2 -> "SUCCESS";
            case 3 -> "REDIRECTION";
            case 4 -> "CLIENT_ERROR";
            case 5 -> "SERVER_ERROR";
            default -> "UNKNOWN";
        };
    }
}
