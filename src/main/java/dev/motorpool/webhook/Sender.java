package dev.motorpool.webhook;

import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.TryResult;
import dev.motorpool.trace.Spans;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one try: signs, posts, and returns the result. Blocks its caller as {@link WebhookClient} does. Thread-safe.
 */
final class Sender {

    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

    private final WebhookClient client;
    private final Signers signers;
    private final RetryPolicy retryPolicy;
    private final Clock clock;
    private final Spans spans;

    Sender(WebhookClient client, Signers signers, RetryPolicy retryPolicy, Clock clock, Spans spans) {
        this.client = client;
        this.signers = signers;
        this.retryPolicy = retryPolicy;
        this.clock = clock;
        this.spans = spans;
    }

    /**
     * A completed try.
     *
     * @param result its result for the delivery
     * @param nanos how long it took
     */
    record Tried(WebhookResponse reply, TryResult result, long nanos) {}

    Tried send(OutgoingDelivery outgoing) {
        Delivery delivery = outgoing.delivery();
        Instant begun = clock.instant();
        long from = System.nanoTime();
        TracedTry traced = new TracedTry(spans, delivery);
        WebhookResponse webhookResponse;
        try {
            webhookResponse = client.post(delivery.url(), traced.headers(headers(outgoing, begun)), outgoing.body());
        } catch (RuntimeException | Error defect) {
            LOG.error("Cannot send a webhook", defect);
            webhookResponse = WebhookResponse.silence("a defect: " + defect);
        }
        long nanos = System.nanoTime() - from;
        traced.ended(webhookResponse);
        return new Tried(webhookResponse, retryPolicy.of(delivery, webhookResponse, begun, nanos), nanos);
    }

    private Map<String, String> headers(OutgoingDelivery outgoing, Instant at) {
        Delivery delivery = outgoing.delivery();
        String id = delivery.key().id();
        long timestamp = at.getEpochSecond();
        Signer signer = signers.forReceiver(delivery.receiver());
        return Map.of(
                "webhook-id", id,
                "webhook-timestamp", Long.toString(timestamp),
                "webhook-signature", signer.sign(id, timestamp, outgoing.body()));
    }
}
