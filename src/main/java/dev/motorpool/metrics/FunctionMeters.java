package dev.motorpool.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The meters of one function in one pool. */
final class FunctionMeters {

    private static final List<String> OUTCOMES =
            List.of("succeeded", "failed", "timed_out", "cancelled", "expired", "worker_lost");

    private final TimeHistogram wait;
    private final TimeHistogram run;
    private final Map<String, Counter> calls;

    FunctionMeters(MeterRegistry registry, Tags tags, TimeHistogram wait, TimeHistogram run) {
        this.wait = wait;
        this.run = run;
        this.calls = OUTCOMES.stream()
                .collect(Collectors.toUnmodifiableMap(outcome -> outcome, outcome -> Counter.builder("motorpool.calls")
                        .description("Ended calls, by outcome")
                        .tags(tags.and("outcome", outcome))
                        .register(registry)));
    }

    /** The counters in the registry. */
    Collection<Counter> counters() {
        return calls.values();
    }

    /** Counts calls that ended in the same way, with the same waiting and running time each. */
    void callsEnded(String outcome, long ended, long queueNanos, long runNanos) {
        Counter counter = calls.get(outcome);
        if (counter != null) {
            counter.increment((double) ended);
        }
        wait.add(Math.max(0, queueNanos), ended);
        if (runNanos >= 0) {
            run.add(runNanos, ended);
        }
    }
}
