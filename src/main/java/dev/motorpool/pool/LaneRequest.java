package dev.motorpool.pool;

import dev.motorpool.function.TraceContext;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request to a pool for a map or a stream; the same for all its items.
 *
 * @param jobId the job that the items belong to; appears in logs
 * @param attempt the number of the job's attempt, from 1
 * @param star whether an item is the array of the positional arguments; otherwise it is the one argument
 * @param chunksize maximum items that are sent to one slot together, at least 1
 * @param timeout how long each item may run; null: the pool's default
 * @param expires how long after it was added an item must have started; null: no limit
 * @param expiresTogether whether {@code expires} ends once the first item has started, as for a map
 * @param priority -100..100, higher first
 * @param detached whether the items live in the store: their output is reported, and they outlast a broken pool
 * @param trace the trace that the items belong to; null if there is none
 * @param tenant the tenant that owns the job
 */
public record LaneRequest(
        UUID jobId,
        int attempt,
        String function,
        boolean star,
        int chunksize,
        @Nullable Duration timeout,
        @Nullable Duration expires,
        boolean expiresTogether,
        int priority,
        boolean detached,
        @Nullable TraceContext trace,
        Tenant tenant) {

    /** A request without a trace, of the default tenant. */
    public LaneRequest(
            UUID jobId,
            int attempt,
            String function,
            boolean star,
            int chunksize,
            @Nullable Duration timeout,
            @Nullable Duration expires,
            boolean expiresTogether,
            int priority,
            boolean detached) {
        this(
                jobId,
                attempt,
                function,
                star,
                chunksize,
                timeout,
                expires,
                expiresTogether,
                priority,
                detached,
                null,
                Tenant.DEFAULT);
    }

    /** A copy with this tenant and trace. */
    public LaneRequest of(Tenant itsTenant, @Nullable TraceContext itsTrace) {
        return new LaneRequest(
                jobId,
                attempt,
                function,
                star,
                chunksize,
                timeout,
                expires,
                expiresTogether,
                priority,
                detached,
                itsTrace,
                itsTenant);
    }
}
