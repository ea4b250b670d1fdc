package dev.motorpool.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** The meters of one function in one pool. */
final class FunctionMeters {

    private static final List<String> OUTCOMES =
            List.of("succeeded", "failed", "timed_out", "cancelled", "expired", "worker_lost");

    /** From a tenth of a millisecond to an hour. */
    private static final Duration[] BUCKETS = LongStream.of(
                    100,
                    250,
                    500,
                    1_000,
                    2_500,
                    5_000,
                    10_000,
                    25_000,
                    50_000,
                    100_000,
                    250_000,
                    500_000,
                    1_000_000,
                    2_500_000,
                    5_000_000,
                    10_000_000,
                    30_000_000,
                    60_000_000,
                    300_000_000,
                    3_600_000_000L)
            .mapToObj(micros -> Duration.ofNanos(micros * 1_000))
            .toArray(Duration[]::new);

    private final Timer wait;
    private final Timer run;
    private final Map<String, Counter> calls;

    FunctionMeters(MeterRegistry registry, Tags tags) {
        this.wait = timer("motorpool.call.wait", "Time from submission to start of calls")
                .tags(tags)
                .register(registry);
        this.run = timer("motorpool.call.run", "Time that calls ran").tags(tags).register(registry);
        this.calls = OUTCOMES.stream()
                .collect(Collectors.toUnmodifiableMap(outcome -> outcome, outcome -> Counter.builder("motorpool.calls")
                        .description("Calls that have ended, by outcome")
                        .tags(tags.and("outcome", outcome))
                        .register(registry)));
    }

    static Timer.Builder timer(String name, String help) {
        return Timer.builder(name).description(help).serviceLevelObjectives(BUCKETS);
    }

    List<Meter> all() {
        List<Meter> all = new ArrayList<>(calls.values());
        all.add(wait);
        all.add(run);
        return all;
    }

    void callEnded(String outcome, long queueNanos, long runNanos) {
        Counter counter = calls.get(outcome);
        if (counter != null) {
            counter.increment();
        }
        wait.record(queueNanos, TimeUnit.NANOSECONDS);
        if (runNanos >= 0) {
            run.record(runNanos, TimeUnit.NANOSECONDS);
        }
    }
}
