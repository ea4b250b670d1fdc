package dev.motorpool.detached.wait;

import dev.motorpool.detached.feed.KnownFunctions;
import dev.motorpool.detached.feed.PoolPrefetch;
import dev.motorpool.detached.feed.Prefetches;
import dev.motorpool.detached.model.JobKey;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.Waiting;
import dev.motorpool.detached.model.Waiting.Reason;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.request.TimeText;
import dev.motorpool.pool.PoolState;
import dev.motorpool.pool.PoolView;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides why jobs wait. The first reason that holds is shown: the start time, the pool or function that is missing, the
 * state of the pool, the store, and otherwise a slot. Thread-safe.
 */
public final class WaitingReasons {

    private final Prefetches prefetches;
    private final KnownFunctions functions;
    private final Function<String, Optional<PoolView>> pools;
    private final Supplier<@Nullable Instant> suspendedSince;

    /**
     * @param pools the current state of a pool; empty if there is none
     * @param suspendedSince since when the store permits no starts; null if it does
     */
    public WaitingReasons(
            Prefetches prefetches,
            KnownFunctions functions,
            Function<String, Optional<PoolView>> pools,
            Supplier<@Nullable Instant> suspendedSince) {
        this.prefetches = prefetches;
        this.functions = functions;
        this.pools = pools;
        this.suspendedSince = suspendedSince;
    }

    /** Why the job waits; null unless it is scheduled or queued. */
    @Nullable
    Waiting of(StoredJob job) {
        return now().of(job);
    }

    /** The reasons for several jobs. */
    Moment now() {
        return new Moment();
    }

    /** Looks at each pool once, however many jobs wait for it. For one thread. */
    final class Moment {
        private final Map<String, Optional<PoolView>> seen = new HashMap<>();

        /** As {@link WaitingReasons#of}. */
        @Nullable
        Waiting of(StoredJob job) {
            return switch (job.state()) {
                case SCHEDULED -> scheduled(job);
                case QUEUED -> queued(job);
                default -> null;
            };
        }

        private Waiting queued(StoredJob job) {
            String name = job.spec().pool();
            PoolView pool = seen.computeIfAbsent(name, pools).orElse(null);
            if (pool == null) {
                return since(
                        job, null, Reason.POOL_MISSING, "There is no pool '" + name + "'; the job runs when there is.");
            }
            Waiting missing = functionMissing(job);
            if (missing != null) {
                return missing;
            }
            if (pool.state() == PoolState.PAUSED) {
                return since(
                        job, pool.since(), Reason.POOL_PAUSED, "Pool '" + name + "' is paused until it is resumed.");
            }
            if (pool.state() == PoolState.BROKEN) {
                return since(
                        job,
                        pool.since(),
                        Reason.POOL_BROKEN,
                        "Pool '" + name + "' cannot start workers: " + pool.reason());
            }
            Waiting behind = behind(job);
            return behind != null
                    ? behind
                    : since(job, null, Reason.SLOT, "The job waits for a free slot of pool '" + name + "'.");
        }
    }

    private static Waiting scheduled(StoredJob job) {
        Attempt latest = job.latest();
        String due = TimeText.of(Objects.requireNonNullElse(job.dueAt(), job.createdAt()));
        if (latest == null) {
            return new Waiting(Reason.START_TIME, job.createdAt(), "The job starts at " + due + " at the earliest.");
        }
        Instant ended = Objects.requireNonNullElse(latest.finishedAt(), latest.startedAt());
        return new Waiting(
                Reason.RETRY,
                ended,
                "Attempt " + latest.number() + " has failed; the next one follows at " + due + ".");
    }

    private @Nullable Waiting functionMissing(StoredJob job) {
        String function = job.spec().function();
        if (!functions.isKnown(function)) {
            return since(
                    job,
                    functions.missingSince(function),
                    Reason.FUNCTION_MISSING,
                    "There is no function '" + function + "'; the job runs when there is.");
        }
        PoolPrefetch prefetch = prefetches.find(job);
        Instant lacked = prefetch == null ? null : prefetch.lackedSince(function);
        return lacked == null
                ? null
                : since(
                        job,
                        lacked,
                        Reason.FUNCTION_MISSING,
                        "The workers of pool '" + job.spec().pool() + "' do not have function '" + function
                                + "'; the job is tried again.");
    }

    private @Nullable Waiting behind(StoredJob job) {
        Instant suspended = suspendedSince.get();
        if (suspended != null) {
            return since(
                    job,
                    suspended,
                    Reason.STORE,
                    "No job starts until the store accepts changes and has written the waiting ones.");
        }
        PoolPrefetch prefetch = prefetches.find(job);
        return prefetch == null || prefetch.isBehind(JobKey.of(job))
                ? since(
                        job,
                        null,
                        Reason.STORE,
                        "The job is in the store only, until it can be read or running jobs leave room in memory.")
                : null;
    }

    /** @param held since when the reason holds, perhaps before the job was queued; null if unknown */
    private static Waiting since(StoredJob job, @Nullable Instant held, Reason reason, String detail) {
        Attempt latest = job.latest();
        Instant queued = later(job.queuedAt(), latest == null ? null : latest.finishedAt());
        return new Waiting(reason, later(queued, held), detail);
    }

    private static Instant later(Instant one, @Nullable Instant other) {
        return other != null && other.isAfter(one) ? other : one;
    }
}
