package dev.motorpool.pool;

import dev.motorpool.function.TraceContext;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One run of a function, asked of a pool. The arguments have been checked.
 *
 * @param jobId the job it belongs to; appears in logs
 * @param attempt which try of the job this is, from 1
 * @param args JSON array of the positional arguments
 * @param kwargs JSON object of the named arguments
 * @param timeout how long it may run; null: the pool's default
 * @param expires how long after submission it must have started; null: for ever
 * @param priority -100..100, higher first
 * @param age its place among calls of its priority, lower is older; see {@link CallAge}
 * @param listener hears of a detached call; null if somebody waits for the call
 * @param trace the trace that it belongs to; null if there is none
 * @param tenant whom its job belongs to
 */
public record CallRequest(
        UUID jobId,
        int attempt,
        String function,
        RawJson args,
        RawJson kwargs,
        @Nullable Duration timeout,
        @Nullable Duration expires,
        int priority,
        long age,
        @Nullable CallListener listener,
        @Nullable TraceContext trace,
        Tenant tenant) {

    /** One that belongs to no trace, of the tenant that there is by default. */
    public CallRequest(
            UUID jobId,
            int attempt,
            String function,
            RawJson args,
            RawJson kwargs,
            @Nullable Duration timeout,
            @Nullable Duration expires,
            int priority,
            long age,
            @Nullable CallListener listener) {
        this(jobId, attempt, function, args, kwargs, timeout, expires, priority, age, listener, null, Tenant.DEFAULT);
    }
}
