package dev.motorpool.pool;

import dev.motorpool.function.TraceContext;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a map or a stream asks of a pool, the same for all its items.
 *
 * @param jobId the job that the items belong to; appears in logs
 * @param attempt which try of the job this is, from 1
 * @param star whether an item is the array of the positional arguments; else it is the one argument
 * @param chunksize items that may be handed to one slot together, at least 1
 * @param timeout how long each item may run; null: the pool's default
 * @param expires how long after it was added an item must have started; null: for ever
 * @param expiresTogether whether {@code expires} ends once the first item has started, as that of a map
 * @param priority -100..100, higher first
 * @param detached whether the items live in the store: what they print is asked for, and they outlast a broken pool
 * @param trace the trace that the items belong to; null if there is none
 * @param tenant whom the job belongs to
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

    /** One that belongs to no trace, of the tenant that there is by default. */
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

    /** The same of a tenant, within a trace. */
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
