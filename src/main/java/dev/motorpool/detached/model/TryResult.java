package dev.motorpool.detached.model;

import dev.motorpool.json.RawJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The result of an attempt at a delivery.
 *
 * @param dueAt the due time when the attempt began; if it has changed since, the delivery was retried by hand, and only
 *     the log of this attempt is recorded
 * @param at when the attempt ended
 * @param nextAt when the next attempt is due; null unless the delivery is still pending
 * @param tries number of attempts, this one included
 * @param log all attempts that are kept, this one included
 */
public record TryResult(
        DeliveryKey key,
        @Nullable Instant dueAt,
        DeliveryState state,
        Instant at,
        @Nullable Instant nextAt,
        int tries,
        RawJson log) {}
