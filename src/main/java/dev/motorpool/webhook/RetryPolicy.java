package dev.motorpool.webhook;

import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.model.TryResult;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.time.Instant;

/** Decides the result of a try for its delivery. */
final class RetryPolicy {

    /**
     * A delivery that was due for longer than this before its try, because its receiver does not answer, is not tried
     * again if that try is not answered either.
     */
    static final Duration PATIENCE = Duration.ofDays(3);

    private final DeliverySchedule schedule;
    private final Instant started;

    /** @param started when the service began to send */
    RetryPolicy(DeliverySchedule schedule, Instant started) {
        this.schedule = schedule;
        this.started = started;
    }

    /**
     * The result of a try.
     *
     * @param begun when it began
     * @param nanos how long it took
     */
    TryResult of(Delivery delivery, WebhookResponse webhookResponse, Instant begun, long nanos) {
        RawJson log = TryLog.with(delivery.log(), begun, webhookResponse, nanos);
        Instant now = begun.plusNanos(nanos);
        int tries = delivery.tries() + 1;
        if (webhookResponse.accepted()) {
            return new TryResult(delivery.key(), delivery.dueAt(), DeliveryState.DELIVERED, now, null, tries, log);
        }
        boolean last = webhookResponse.gone() || (!webhookResponse.answered() && isHopeless(delivery, begun));
        Instant next = last ? null : schedule.next(tries, now, RetryAfter.parse(webhookResponse.retryAfter(), now));
        return new TryResult(
                delivery.key(),
                delivery.dueAt(),
                next == null ? DeliveryState.FAILED : DeliveryState.PENDING,
                now,
                next,
                tries,
                log);
    }

    /**
     * Whether a delivery was due for so long before its try that others must have waited, too, and will. The time in
     * which the service did not run is not counted.
     */
    private boolean isHopeless(Delivery delivery, Instant begun) {
        Instant due = delivery.dueAt();
        Instant since = due == null || due.isBefore(started) ? started : due;
        return since.plus(PATIENCE).isBefore(begun);
    }
}
