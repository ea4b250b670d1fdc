package dev.motorpool.detached.model;

import dev.motorpool.json.RawJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a try at a delivery has made of it.
 *
 * @param dueAt when it was due as this try began; if that has changed meanwhile, it was retried by hand, and of this try
 *     only the log is recorded
 * @param at when the try was over
 * @param nextAt when it is tried next; null unless it is still pending
 * @param tries how often it has been tried, this try included
 * @param log all tries that are kept, this one included
 */
public record TryResult(
        DeliveryKey key,
        @Nullable Instant dueAt,
        DeliveryState state,
        Instant at,
        @Nullable Instant nextAt,
        int tries,
        RawJson log) {}
