package dev.motorpool.log;

import dev.motorpool.detached.model.Delivery;
import dev.motorpool.webhook.DeliveryEvents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs failed deliveries, and passes all events on. Only the origins of URLs are logged. */
public final class DeliveryLog implements DeliveryEvents {

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLog.class);

    private final DeliveryEvents next;

    public DeliveryLog(DeliveryEvents next) {
        this.next = next;
    }

    @Override
    public void tried(Delivery delivery, Outcome outcome, long nanos) {
        LOG.atLevel(outcome == Outcome.FAILED ? Level.WARN : Level.DEBUG)
                .addKeyValue("job", delivery.key().job())
                .addKeyValue("delivery", delivery.key().id())
                .addKeyValue("receiver", delivery.receiver())
                .addKeyValue("tries", delivery.tries() + (nanos > 0 ? 1 : 0))
                .log(
                        switch (outcome) {
                            case FAILED -> "Delivery given up";
                            case RETRIED -> "Delivery is retried";
                            case DELIVERED -> "Delivery made";
                        });
        next.tried(delivery, outcome, nanos);
    }
}
