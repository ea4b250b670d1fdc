package dev.motorpool.webhook;

import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.TryResult;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the results of tries to the store. Until that is done a delivery counts as held. */
final class Results {

    private static final Logger LOG = LoggerFactory.getLogger(Results.class);

    private final DeliveryQueue queue;
    private final Deliveries store;
    private final WebhookSettings settings;
    private final DeliveryEvents events;
    private final Clock clock;

    Results(DeliveryQueue queue, Deliveries store, WebhookSettings settings, DeliveryEvents events, Clock clock) {
        this.queue = queue;
        this.store = store;
        this.settings = settings;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Writes the result. Does not wait.
     *
     * @param delivery as it was before the try
     * @param nanos how long the try took
     */
    void record(Receiver receiver, Delivery delivery, TryResult result, long nanos) {
        try {
            events.tried(delivery, outcome(result), nanos);
        } catch (RuntimeException defect) {
            LOG.error("A try could not be told", defect); // and is recorded all the same
        }
        store.record(delivery.receiver(), result, settings.retain(), how -> recorded(receiver, result, how));
    }

    private static DeliveryEvents.Outcome outcome(TryResult result) {
        return switch (result.state()) {
            case DELIVERED -> DeliveryEvents.Outcome.DELIVERED;
            case PENDING -> DeliveryEvents.Outcome.RETRIED;
            case FAILED -> DeliveryEvents.Outcome.FAILED;
        };
    }

    /** Called by the store's thread. */
    private void recorded(Receiver receiver, TryResult result, Deliveries.Recorded how) {
        queue.lock.lock();
        try {
            receiver.recorded(result.key());
            Instant next = result.nextAt();
            if (how == Deliveries.Recorded.OVERTAKEN) {
                queue.lookWhenAllowed(receiver, clock.instant());
            } else if (how == Deliveries.Recorded.REFUSED) {
                queue.lookAt(receiver, clock.instant().plus(ReceiverSchedule.ROUND));
            } else if (next != null) {
                queue.lookAt(receiver, next);
            }
            if (receiver.behind && receiver.held() <= Receiver.SHARE / 2) {
                queue.lookWhenAllowed(receiver, clock.instant());
            }
        } finally {
            queue.lock.unlock();
        }
    }
}
