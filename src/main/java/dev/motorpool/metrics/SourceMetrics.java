package dev.motorpool.metrics;

import dev.motorpool.source.Source;
import dev.motorpool.source.SourceEvents;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Counts sources and their loads. It listens before there is a registry, and is bound to one later. */
public final class SourceMetrics implements SourceEvents {

    private record Load(String runtime, boolean ready) {}

    private final Set<String> runtimes;

    /** Has all keys from the start. */
    private final Map<Load, LongAdder> loads;

    /** @param runtimes names of the runtimes that have sources */
    public SourceMetrics(Collection<String> runtimes) {
        Map<Load, LongAdder> all = new HashMap<>();
        for (String runtime : runtimes) {
            all.put(new Load(runtime, true), new LongAdder());
            all.put(new Load(runtime, false), new LongAdder());
        }
        this.loads = Map.copyOf(all);
        this.runtimes = Set.copyOf(runtimes);
    }

    @Override
    public void loaded(String runtime, boolean ready) {
        LongAdder count = loads.get(new Load(runtime, ready));
        if (count != null) {
            count.increment();
        }
    }

    /**
     * Registers all meters. Called once, from one thread.
     *
     * @param sources those that there are now
     */
    public void bindTo(MeterRegistry registry, Supplier<List<Source>> sources) {
        loads.forEach((load, count) -> FunctionCounter.builder("motorpool.source.loads", count, LongAdder::doubleValue)
                .description("Loads of new contents of sources, by their outcome")
                .tag("runtime", load.runtime())
                .tag("outcome", load.ready() ? "ready" : "failed")
                .register(registry));
        for (String runtime : runtimes) {
            for (Source.State state : Source.State.values()) {
                Gauge.builder("motorpool.sources", sources, all -> all.get().stream()
                                .filter(each -> each.runtime().equals(runtime) && each.state() == state)
                                .count())
                        .description("Sources of functions, by their state")
                        .tag("runtime", runtime)
                        .tag("state", state.word())
                        .strongReference(true)
                        .register(registry);
            }
        }
    }
}
