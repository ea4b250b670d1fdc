package dev.motorpool.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.commit.JobListener;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.job.JobState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times events of detached jobs and their store. It listens before there is a registry, and is bound to one
 * later, with the counts so far.
 */
public final class JobMetrics implements JobListener {

    private final TimeCollector commits = new TimeCollector(
            "motorpool_store_commit_seconds", "Time of the store's transactions, including the sync to stable storage");
    private final TimeHistogram commitTimes = commits.histogram();
    private final LongAdder changes = new LongAdder();
    private final LongAdder failures = new LongAdder();

    private record Ended(String function, JobState state) {}

    private final Map<Ended, LongAdder> ended = new ConcurrentHashMap<>();

    private final TenantMetrics tenants;
    private final Map<String, LongAdder> retried = new ConcurrentHashMap<>();

    /** Set once; earlier counts are transferred then. */
    @GuardedBy("this")
    private @Nullable MeterRegistry registry;

    public JobMetrics(TenantMetrics tenants) {
        this.tenants = tenants;
    }

    @Override
    public void jobSubmitted(StoredJob job) {
        tenants.submitted(job.tenant());
    }

    @Override
    public void tenantRefused(String tenant, String limit) {
        tenants.refused(tenant, limit);
    }

    @Override
    public void jobEnded(StoredJob job) {
        tenants.ended(job.tenant(), job.state());
        Ended key = new Ended(job.spec().function(), job.state());
        LongAdder count = ended.get(key);
        if (count == null) {
            begin(job.spec().function());
            count = ended.getOrDefault(key, new LongAdder());
        }
        count.increment();
    }

    /**
     * Starts all counters of a function at 0: Prometheus sees no increase in a counter that begins with its first
     * event.
     */
    private synchronized void begin(String function) {
        if (retried.containsKey(function)) {
            return;
        }
        for (JobState state : JobState.values()) {
            if (state.isFinal()) {
                Ended key = new Ended(function, state);
                LongAdder count = new LongAdder();
                ended.put(key, count);
                register(key, count);
            }
        }
        LongAdder count = new LongAdder();
        retried.put(function, count);
        register(function, count);
    }

    @Override
    public void jobRetried(StoredJob job) {
        String function = job.spec().function();
        LongAdder count = retried.get(function);
        if (count == null) {
            begin(function);
            count = retried.getOrDefault(function, new LongAdder());
        }
        count.increment();
    }

    @Override
    public void committed(int count, long nanos) {
        commitTimes.add(nanos, 1);
        changes.add(count);
    }

    @Override
    public void commitFailed() {
        failures.increment();
    }

    /**
     * Registers all meters. Called once, from one thread.
     *
     * @param functions functions whose counters start now; others start with their first event
     */
    public synchronized void bindTo(
            MeterRegistry to,
            PrometheusRegistry scraped,
            Supplier<JobReader.Census> census,
            Collection<String> functions) {
        scraped.register(commits);
        counter(to, "motorpool.store.changes", "Changes written by the store", changes);
        counter(to, "motorpool.store.failures", "Failed transactions of the store", failures);
        gauge(to, census, JobState.SCHEDULED, JobReader.Census::scheduled);
        gauge(to, census, JobState.QUEUED, JobReader.Census::queued);
        gauge(to, census, JobState.RUNNING, JobReader.Census::running);
        for (String function : functions) {
            begin(function);
        }
        registry = to;
        for (Map.Entry<Ended, LongAdder> each : ended.entrySet()) {
            register(each.getKey(), each.getValue());
        }
        for (Map.Entry<String, LongAdder> each : retried.entrySet()) {
            register(each.getKey(), each.getValue());
        }
    }

    private static void counter(MeterRegistry to, String name, String help, LongAdder count) {
        FunctionCounter.builder(name, count, LongAdder::sum).description(help).register(to);
    }

    private static void gauge(
            MeterRegistry to,
            Supplier<JobReader.Census> census,
            JobState state,
            ToDoubleFunction<JobReader.Census> value) {
        Gauge.builder("motorpool.jobs", () -> value.applyAsDouble(census.get()))
                .description("Detached jobs that have not ended, by state")
                .tag("state", state.word())
                .register(to);
    }

    @GuardedBy("this")
    private void register(Ended key, LongAdder count) {
        MeterRegistry to = registry;
        if (to != null) {
            FunctionCounter.builder("motorpool.jobs.ended", count, LongAdder::sum)
                    .description("Ended detached jobs, by final state")
                    .tag("function", key.function)
                    .tag("state", key.state.word())
                    .register(to);
        }
    }

    @GuardedBy("this")
    private void register(String function, LongAdder count) {
        MeterRegistry to = registry;
        if (to != null) {
            FunctionCounter.builder("motorpool.jobs.retried", count, LongAdder::sum)
                    .description("Failed attempts of detached jobs that are retried")
                    .tag("function", function)
                    .register(to);
        }
    }
}
