package dev.motorpool.webhook;

import dev.motorpool.detached.Delivery;
import dev.motorpool.detached.Parcel;
import dev.motorpool.detached.TryResult;
import dev.motorpool.trace.Spans;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one try: signs, posts, and tells what comes of it. Blocks its caller as {@link Poster} does. Thread-safe. */
final class Sender {

    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

    private final Poster poster;
    private final Signers signers;
    private final Verdicts verdicts;
    private final Clock clock;
    private final Spans spans;

    Sender(Poster poster, Signers signers, Verdicts verdicts, Clock clock, Spans spans) {
        this.poster = poster;
        this.signers = signers;
        this.verdicts = verdicts;
        this.clock = clock;
        this.spans = spans;
    }

    /**
     * A try that is over.
     *
     * @param result what it makes of the delivery
     * @param nanos how long it took
     */
    record Tried(Reply reply, TryResult result, long nanos) {}

    Tried send(Parcel parcel) {
        Delivery delivery = parcel.delivery();
        Instant begun = clock.instant();
        long from = System.nanoTime();
        TracedTry traced = new TracedTry(spans, delivery);
        Reply reply;
        try {
            reply = poster.post(delivery.url(), traced.headers(headers(parcel, begun)), parcel.body());
        } catch (RuntimeException | Error defect) {
            LOG.error("A webhook could not be sent", defect);
            reply = Reply.silence("a defect: " + defect);
        }
        long nanos = System.nanoTime() - from;
        traced.ended(reply);
        return new Tried(reply, verdicts.of(delivery, reply, begun, nanos), nanos);
    }

    private Map<String, String> headers(Parcel parcel, Instant at) {
        Delivery delivery = parcel.delivery();
        String id = delivery.key().id();
        long timestamp = at.getEpochSecond();
        Signer signer = signers.forReceiver(delivery.receiver());
        return Map.of(
                "webhook-id", id,
                "webhook-timestamp", Long.toString(timestamp),
                "webhook-signature", signer.sign(id, timestamp, parcel.body()));
    }
}
