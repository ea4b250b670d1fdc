package dev.motorpool.metrics;

import dev.motorpool.job.JobState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts jobs, calls and refusals of the configured tenants. Other tenants have no meters of their own, so the number
 * of meters is fixed. Thread-safe.
 */
public final class TenantMetrics {

    /** The label of all its meters. */
    static final String TENANT = "tenant";

    /** Beginning of the names of its meters. */
    private static final String PREFIX = "motorpool.tenant.";

    static final String PROMETHEUS_PREFIX = PREFIX.replace('.', '_');

    /** Limits of a tenant that cause refusals. */
    private static final List<String> LIMITS = List.of("requests", "streams", "waits", "jobs", "bytes");

    private static final List<String> OUTCOMES =
            List.of("succeeded", "failed", "timed_out", "cancelled", "expired", "worker_lost");

    /** The counters of one tenant; the maps do not change. */
    private record Counts(
            LongAdder submitted,
            Map<String, LongAdder> ended,
            Map<String, LongAdder> calls,
            Map<String, LongAdder> refused) {}

    /** By tenant; does not change. */
    private final Map<String, Counts> tenants;

    /** @param names the tenants; empty if the configuration names only the default one */
    public TenantMetrics(Collection<String> names) {
        List<String> finals = List.of(JobState.values()).stream()
                .filter(JobState::isFinal)
                .map(JobState::word)
                .toList();
        Map<String, Counts> counts = new HashMap<>();
        for (String name : names) {
            counts.put(name, new Counts(new LongAdder(), adders(finals), adders(OUTCOMES), adders(LIMITS)));
        }
        this.tenants = Map.copyOf(counts);
    }

    private static Map<String, LongAdder> adders(List<String> words) {
        Map<String, LongAdder> adders = new HashMap<>();
        words.forEach(word -> adders.put(word, new LongAdder()));
        return Map.copyOf(adders);
    }

    private @Nullable Counts of(String tenant) {
        return tenants.isEmpty() ? null : tenants.get(tenant);
    }

    void submitted(String tenant) {
        Counts counts = of(tenant);
        if (counts != null) {
            counts.submitted.increment();
        }
    }

    void ended(String tenant, JobState state) {
        Counts counts = of(tenant);
        if (counts != null) {
            add(counts.ended, state.word(), 1);
        }
    }

    void callsEnded(String tenant, String outcome, long calls) {
        Counts counts = of(tenant);
        if (counts != null) {
            add(counts.calls, outcome, calls);
        }
    }

    /** A request, call or job was refused because of this limit of the tenant. */
    void refused(String tenant, String limit) {
        Counts counts = of(tenant);
        if (counts != null) {
            add(counts.refused, limit, 1);
        }
    }

    private static void add(Map<String, LongAdder> counts, String word, long many) {
        LongAdder count = counts.get(word);
        if (count != null) {
            count.add(many);
        }
    }

    /**
     * Registers the meters. Called once.
     *
     * @param unfinished how many jobs of a tenant have not ended
     * @param bytes stored bytes of a tenant
     * @param withBytes the tenants whose bytes are counted
     */
    public void bindTo(
            MeterRegistry to,
            ToDoubleFunction<String> unfinished,
            ToDoubleFunction<String> bytes,
            Collection<String> withBytes) {
        tenants.forEach((tenant, counts) -> {
            FunctionCounter.builder(PREFIX + "jobs.submitted", counts.submitted, LongAdder::sum)
                    .description("Accepted detached jobs of a tenant")
                    .tag(TENANT, tenant)
                    .register(to);
            counters(
                    to, tenant, counts.ended, "jobs.ended", "state", "Ended detached jobs of a tenant, by final state");
            counters(to, tenant, counts.calls, "calls", "outcome", "Ended calls and items of a tenant");
            counters(
                    to,
                    tenant,
                    counts.refused,
                    "refused",
                    "limit",
                    "Requests and jobs refused by a limit of their tenant");
            Gauge.builder(PREFIX + "jobs.unfinished", tenant, unfinished)
                    .description("Detached jobs of a tenant that have not ended")
                    .tag(TENANT, tenant)
                    .register(to);
            if (withBytes.contains(tenant)) {
                Gauge.builder(PREFIX + "stored.bytes", tenant, bytes)
                        .description("Stored bytes of a tenant that has a limit of them")
                        .tag(TENANT, tenant)
                        .register(to);
            }
        });
    }

    private static void counters(
            MeterRegistry to, String tenant, Map<String, LongAdder> counts, String name, String label, String help) {
        counts.forEach((word, count) -> FunctionCounter.builder(PREFIX + name, count, LongAdder::sum)
                .description(help)
                .tag(TENANT, tenant)
                .tag(label, word)
                .register(to));
    }
}
