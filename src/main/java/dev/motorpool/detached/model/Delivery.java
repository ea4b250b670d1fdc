package dev.motorpool.detached.model;

import dev.motorpool.function.TraceContext;
import dev.motorpool.json.RawJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A webhook delivery, without its body.
 *
 * @param receiver scheme, host and port of the URL
 * @param type such as {@code job.succeeded}
 * @param createdAt when the job ended
 * @param dueAt when it is tried next; null once it has ended
 * @param tries how often it has been tried since it was made, or last retried by hand
 * @param log JSON array of its latest attempts in the format of the API, the oldest first
 * @param trace the trace that its job belongs to; null if there is none
 */
public record Delivery(
        DeliveryKey key,
        String url,
        String receiver,
        String type,
        DeliveryState state,
        Instant createdAt,
        @Nullable Instant dueAt,
        int tries,
        RawJson log,
        @Nullable TraceContext trace) {}
