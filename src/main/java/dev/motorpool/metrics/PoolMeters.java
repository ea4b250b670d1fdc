package dev.motorpool.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.metrics.PoolSnapshot.Now;
import dev.motorpool.pool.PoolGauges;
import dev.motorpool.pool.PoolState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** The meters of one pool. Each is looked up by its tags once and then kept, so counting reads a map only. */
final class PoolMeters {

    private static final List<String> WORKER_STATES = List.of("starting", "idle", "busy", "stopping");

    private static final List<String> REFUSALS = List.of("queue-full", "pool-closed", "pool-broken", "unavailable");

    private static final List<String> DEATHS = List.of(
            "retired",
            "surplus",
            "stopped",
            "terminated",
            "timeout",
            "cancel",
            "memory",
            "stuck",
            "silent",
            "crash",
            "protocol",
            "start");

    private final MeterRegistry registry;
    private final CallTimes times;
    private final String name;
    private final Tags pool;
    private final Map<String, FunctionMeters> functions = new ConcurrentHashMap<>();
    private final Map<String, Counter> rejected = new ConcurrentHashMap<>();
    private final Map<String, Counter> deaths = new ConcurrentHashMap<>();
    private final Counter starts;
    /** Start times of workers, by runtime. */
    private final Map<String, Timer> startTimes = new ConcurrentHashMap<>();

    /** All meters of this pool in the registry. */
    @GuardedBy("meters")
    private final List<Meter> meters = new ArrayList<>();

    /** Set when the meters are removed; nothing is registered afterwards. */
    @GuardedBy("meters")
    private boolean removed;

    PoolMeters(MeterRegistry registry, CallTimes times, String pool, PoolGauges gauges, PoolLoads others) {
        this.registry = registry;
        this.times = times;
        this.name = pool;
        this.pool = Tags.of("pool", pool);
        this.starts = counter("motorpool.worker.starts", "Started workers", Tags.empty());
        Timer _ = startTimes(gauges.view().settings().runtime());
        PoolSnapshot poolSnapshot = new PoolSnapshot(gauges, () -> others.load(pool));
        gauge(
                poolSnapshot,
                "motorpool.queue.depth",
                "Waiting calls, including detached jobs",
                Tags.empty(),
                now -> now.view().queued() + now.load().detached());
        gauge(poolSnapshot, "motorpool.queue.detached", "Waiting detached jobs", Tags.empty(), now -> now.load()
                .detached());
        gauge(
                poolSnapshot,
                "motorpool.queue.capacity",
                "Maximum number of waiting calls",
                Tags.empty(),
                now -> now.view().settings().queueCapacity());
        gauge(
                poolSnapshot,
                "motorpool.pool.oldest.waiting.seconds",
                "Time that the oldest waiting call has waited, including detached jobs",
                Tags.empty(),
                Now::oldestSeconds);
        for (PoolState state : PoolState.values()) {
            gauge(
                    poolSnapshot,
                    "motorpool.pool.state",
                    "1 for the state that the pool is in, 0 for the others",
                    Tags.of("state", state.word()),
                    now -> now.view().state() == state ? 1 : 0);
        }
        gauge(poolSnapshot, "motorpool.streams.open", "Open streams", Tags.empty(), now -> now.load()
                .streams()
                .count());
        gauge(
                poolSnapshot,
                "motorpool.streams.unanswered",
                "Accepted items of open streams without a result",
                Tags.empty(),
                now -> now.load().streams().unanswered());
        gauge(
                poolSnapshot,
                "motorpool.streams.window",
                "Maximum number of items of open streams without a result",
                Tags.empty(),
                now -> now.load().streams().window());
        keep(Gauge.builder("motorpool.worker.memory", () -> poolSnapshot.now().memory())
                .description("Resident memory of the pool's workers")
                .baseUnit("bytes")
                .tags(this.pool)
                .register(registry));
        keep(FunctionCounter.builder("motorpool.worker.cpu", poolSnapshot, PoolSnapshot::cpuSeconds)
                .description("Processor time of the pool's workers, including ended ones")
                .baseUnit("seconds")
                .tags(this.pool)
                .register(registry));
        gauge(
                poolSnapshot,
                "motorpool.stuck.threads",
                "Threads that ignored their interrupt",
                Tags.empty(),
                now -> now.view().stuck());
        gauge(poolSnapshot, "motorpool.slots", "Slots by state", Tags.of("state", "busy"), now -> now.view()
                .running());
        gauge(poolSnapshot, "motorpool.slots", "Slots by state", Tags.of("state", "stuck"), now -> now.view()
                .stuck());
        gauge(poolSnapshot, "motorpool.slots", "Slots by state", Tags.of("state", "idle"), Now::idleSlots);
        for (String state : WORKER_STATES) {
            gauge(poolSnapshot, "motorpool.workers", "Workers by state", Tags.of("state", state), now -> now.workers()
                    .getOrDefault(state, 0));
        }
        // Starts at 0: Prometheus sees no increase in a counter that begins with its first event.
        REFUSALS.forEach(this::refusals);
        DEATHS.forEach(this::deaths);
    }

    private void gauge(PoolSnapshot poolSnapshot, String name, String help, Tags tags, ToDoubleFunction<Now> value) {
        keep(Gauge.builder(name, () -> value.applyAsDouble(poolSnapshot.now()))
                .description(help)
                .tags(pool.and(tags))
                .register(registry));
    }

    private Counter counter(String name, String help, Tags tags) {
        return keep(Counter.builder(name).description(help).tags(pool.and(tags)).register(registry));
    }

    private <M extends Meter> M keep(M meter) {
        synchronized (meters) {
            if (removed) {
                registry.remove(meter);
            } else {
                meters.add(meter);
            }
        }
        return meter;
    }

    void callsEnded(String function, String outcome, long calls, long queueNanos, long runNanos) {
        FunctionMeters of = functions.get(function);
        if (of == null) {
            of = functions.computeIfAbsent(function, this::functionMeters);
        }
        of.callsEnded(outcome, calls, queueNanos, runNanos);
    }

    private FunctionMeters functionMeters(String function) {
        synchronized (meters) {
            FunctionMeters made = removed
                    ? new FunctionMeters(registry, of(function), new TimeHistogram(), new TimeHistogram())
                    : new FunctionMeters(
                            registry,
                            of(function),
                            times.waiting().histogram(name, function),
                            times.running().histogram(name, function));
            made.counters().forEach(this::keep);
            return made;
        }
    }

    private Tags of(String function) {
        return pool.and("function", function);
    }

    void callRejected(String reason) {
        refusals(reason).increment();
    }

    private Counter refusals(String reason) {
        return rejected.computeIfAbsent(
                reason, each -> counter("motorpool.calls.rejected", "Refused calls", Tags.of("reason", each)));
    }

    void workerStarted(String runtime, long nanos) {
        starts.increment();
        startTimes(runtime).record(Duration.ofNanos(nanos));
    }

    private Timer startTimes(String runtime) {
        return startTimes.computeIfAbsent(
                runtime,
                each -> keep(Timer.builder("motorpool.worker.start")
                        .description("Time from the start of a worker to its readiness")
                        .serviceLevelObjectives(Arrays.stream(TimeHistogram.BOUNDS_NANOS)
                                .mapToObj(Duration::ofNanos)
                                .toArray(Duration[]::new))
                        .tags(pool.and("runtime", each))
                        .register(registry)));
    }

    void workerEnded(String reason) {
        deaths(reason).increment();
    }

    private Counter deaths(String reason) {
        return deaths.computeIfAbsent(
                reason, each -> counter("motorpool.worker.deaths", "Ended workers", Tags.of("reason", each)));
    }

    /** Removes all meters from the registry. */
    void remove() {
        synchronized (meters) {
            removed = true;
            meters.forEach(registry::remove);
            meters.clear();
            times.waiting().remove(name);
            times.running().remove(name);
        }
    }
}
