package dev.motorpool.metrics;

import dev.motorpool.detached.model.Delivery;
import dev.motorpool.webhook.DeliveryEvents;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** Counts attempts at webhooks. It listens before there is a registry, and is bound to one later. */
public final class DeliveryMetrics implements DeliveryEvents {

    private final Map<Outcome, LongAdder> tries = new EnumMap<>(Outcome.class);
    private final LongAdder nanos = new LongAdder();

    public DeliveryMetrics() {
        for (Outcome outcome : Outcome.values()) {
            tries.put(outcome, new LongAdder());
        }
    }

    @Override
    public void tried(Delivery delivery, Outcome outcome, long time) {
        LongAdder count = tries.get(outcome);
        if (count != null) {
            count.increment();
        }
        nanos.add(time);
    }

    /**
     * Registers all meters. Called once, from one thread.
     *
     * @param pending how many deliveries are pending
     * @param overdue for how many seconds the oldest due one has been due
     */
    public void bindTo(MeterRegistry registry, LongSupplier pending, DoubleSupplier overdue) {
        tries.forEach(
                (outcome, count) -> FunctionCounter.builder("motorpool.delivery.tries", count, LongAdder::doubleValue)
                        .description("Attempts to send webhooks, by outcome")
                        .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                        .register(registry));
        FunctionCounter.builder("motorpool.delivery.try.seconds", nanos, sum -> sum.doubleValue() / 1e9)
                .description("Time of attempts to send webhooks")
                .register(registry);
        Gauge.builder("motorpool.deliveries.pending", pending, LongSupplier::getAsLong)
                .description("Pending webhooks")
                .strongReference(true)
                .register(registry);
        Gauge.builder("motorpool.deliveries.overdue.seconds", overdue, DoubleSupplier::getAsDouble)
                .description("Time since the oldest pending webhook became due")
                .strongReference(true)
                .register(registry);
    }
}
