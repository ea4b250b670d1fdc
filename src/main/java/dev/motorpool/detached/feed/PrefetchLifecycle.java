package dev.motorpool.detached.feed;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.attempt.PoolPort;
import dev.motorpool.detached.model.JobLine;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.Pools;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates and removes the prefetches of all pools, and suspends or resumes all of them together. */
public final class PrefetchLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PrefetchLifecycle.class);

    private final JobStore store;
    private final Prefetches prefetches;
    private final AttemptRunner runner;
    private final JobMemory memory;
    private final KnownFunctions functions;
    private final Clock clock;
    private final Executor threads;

    /**
     * Held while the prefetches are suspended or resumed, so that all follow the latest request. Acquired before the
     * other lock.
     */
    private final Object switching = new Object();

    private final Object lock = new Object();

    /** Whether no attempts are started: the store is unreachable, or the service stops. */
    @GuardedBy("lock")
    private boolean suspended;

    @GuardedBy("lock")
    private boolean stopping;

    /** Since when attempts are suspended; null if they are not. Written under the lock {@code switching}. */
    private volatile @Nullable Instant suspendedSince;

    public PrefetchLifecycle(
            JobStore store,
            Prefetches prefetches,
            AttemptRunner runner,
            JobMemory memory,
            KnownFunctions functions,
            Clock clock,
            Executor threads) {
        this.threads = threads;
        this.clock = clock;
        this.store = store;
        this.prefetches = prefetches;
        this.runner = runner;
        this.memory = memory;
        this.functions = functions;
    }

    /** A prefetch of the pool; all of them are created on first use. */
    public PoolPrefetch of(Pool pool) {
        PoolPrefetch known = prefetches.find(pool.name());
        return known != null && known.pool().is(pool) ? known : make(pool);
    }

    private PoolPrefetch make(Pool pool) {
        synchronized (lock) {
            PoolPrefetch known = prefetches.find(pool.name());
            if (known != null && known.pool().is(pool)) {
                return known;
            }
            PoolPort port = PoolPort.of(pool);
            try {
                JobReader.Backlog before = store.read(JobReader::census).pool(pool.name());
                port.restore(before.queued() + before.scheduled());
            } catch (StoreException e) {
                LOG.atWarn()
                        .addKeyValue("pool", pool.name())
                        .log("Cannot count the jobs that wait for a pool: {}", e.getMessage());
            }
            for (JobLine line : prefetches.lines(pool.name())) {
                make(port, line);
            }
            return Objects.requireNonNull(prefetches.find(pool.name()));
        }
    }

    @GuardedBy("lock")
    private void make(PoolPort pool, JobLine line) {
        PoolPrefetch prefetch = new PoolPrefetch(
                pool,
                line,
                (its, after, most, bytes, without) ->
                        store.read(tables -> tables.queued(its, after, most, bytes, without)),
                runner::of,
                memory,
                functions,
                true,
                threads);
        if (suspended) {
            prefetch.suspend();
        }
        prefetches.put(prefetch);
        prefetch.refill();
    }

    /** Creates prefetches for new pools, which may have earlier jobs; removes those of removed pools. */
    public void adopt(Pools pools) {
        pools.all().forEach(this::of);
        synchronized (lock) {
            for (PoolPrefetch prefetch : prefetches.all()) {
                String name = prefetch.pool().name();
                if (pools.find(name).isEmpty() && prefetch.isIdle()) {
                    prefetches.remove(prefetch);
                    runner.forget(prefetch.line());
                }
            }
        }
    }

    /** Suspends or resumes the start of attempts; ignored once the service stops. */
    public void suspend(boolean suspend) {
        synchronized (switching) {
            boolean wanted;
            List<PoolPrefetch> all;
            synchronized (lock) {
                wanted = suspend || stopping;
                if (wanted == suspended) {
                    return;
                }
                suspended = wanted;
                suspendedSince = wanted ? clock.instant() : null;
                all = new ArrayList<>(prefetches.all());
            }
            for (PoolPrefetch prefetch : all) {
                if (wanted) {
                    prefetch.suspend();
                } else {
                    prefetch.resume();
                }
            }
        }
    }

    /** Since when no attempts are started; null if they are. */
    public @Nullable Instant suspendedSince() {
        return suspendedSince;
    }

    /** The service may have other functions: jobs of those that have gone wait, jobs of those that are back run. */
    public void functionsChanged() {
        functions.changed();
        prefetches.all().forEach(PoolPrefetch::functionsChanged);
    }

    /** Stops starting attempts for good. */
    public void stop() {
        synchronized (lock) {
            stopping = true;
        }
        suspend(true);
    }
}
