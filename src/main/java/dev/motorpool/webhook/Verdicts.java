package dev.motorpool.webhook;

import dev.motorpool.detached.Delivery;
import dev.motorpool.detached.DeliveryState;
import dev.motorpool.detached.TryResult;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.time.Instant;

/** What a try makes of a delivery. */
final class Verdicts {

    /** So long a delivery may be due without being tried, because its receiver answers nobody, before it is given up. */
    static final Duration PATIENCE = Duration.ofDays(3);

    private final DeliverySchedule schedule;

    Verdicts(DeliverySchedule schedule) {
        this.schedule = schedule;
    }

    /**
     * The result of a try.
     *
     * @param begun when it began
     * @param nanos how long it took
     */
    TryResult of(Delivery delivery, Reply reply, Instant begun, long nanos) {
        RawJson log = TryLog.with(delivery.log(), begun, reply, nanos);
        Instant now = begun.plusNanos(nanos);
        int tries = delivery.tries() + 1;
        if (reply.accepted()) {
            return new TryResult(delivery.key(), DeliveryState.DELIVERED, now, null, tries, log);
        }
        Instant next = reply.gone() ? null : schedule.next(tries, now, RetryAfter.parse(reply.retryAfter(), now));
        return new TryResult(
                delivery.key(), next == null ? DeliveryState.FAILED : DeliveryState.PENDING, now, next, tries, log);
    }

    /** Whether a delivery that waits for a receiver which answers nobody has waited long enough. */
    static boolean isHopeless(Delivery delivery, Instant now) {
        Instant due = delivery.dueAt();
        return due != null && due.plus(PATIENCE).isBefore(now);
    }

    /** The end of a delivery that was not even tried. */
    static TryResult givenUp(Delivery delivery, Instant now) {
        Reply silence = Reply.silence("given up without a try: the receiver answers nobody, and it has been due for "
                + PATIENCE.toDays() + " days");
        RawJson log = TryLog.with(delivery.log(), now, silence, 0);
        return new TryResult(delivery.key(), DeliveryState.FAILED, now, null, delivery.tries(), log);
    }
}
