package dev.motorpool.pool;

import dev.motorpool.function.TraceContext;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request to a pool for one run of a function. The arguments have been checked.
 *
 * @param jobId the job it belongs to; appears in logs
 * @param attempt the number of the job's attempt, from 1
 * @param args JSON array of the positional arguments
 * @param kwargs JSON object of the named arguments
 * @param timeout how long it may run; null: the pool's default
 * @param expires how long after submission it must have started; null: no limit
 * @param priority -100..100, higher first
 * @param age its place among calls of its priority, lower is older; see {@link CallAge}
 * @param listener listens to a detached call; null if a caller waits for the call
 * @param trace the trace that it belongs to; null if there is none
 * @param tenant the tenant that owns its job
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

    /** A request without a trace, of the default tenant. */
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
