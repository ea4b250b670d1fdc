package dev.motorpool.detached;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes to the store. What has come while one transaction was written is the next one, so that one
 * {@code fsync} serves all who wait for it, and nobody waits for a timer.
 *
 * <p>When a transaction fails, changes that may be given up are; the others are tried again with pauses, one transaction each, so
 * that one change that the store refuses for ever does not hold up the others. The store is out of reach when it does not
 * even take a change that nothing stands against. Between {@link #add} and the end of a change
 * lies nothing but memory: whoever adds sees to it that there are not too many.
 */
final class Commits implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);

    private static final int MOST_CHANGES = 1_000;
    private static final long MOST_BYTES = 16L << 20;
    private static final long SHORTEST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;
    private static final int MOST_REFUSALS = 10;
    private static final long LONG_NANOS = Duration.ofSeconds(5).toNanos();

    /** What fails after so long fails for the store's sake, not for a change's. */
    private static final long LONG_FAILURE_NANOS = Duration.ofSeconds(1).toNanos();

    /** So long a change waits that may have become needless by then. */
    private static final long UNHURRIED_NANOS = Duration.ofMillis(2).toNanos();

    private static final Duration LAST_CHANCE = Duration.ofSeconds(10);

    /** Hears that the store cannot be written to, and that it can again; by the writing thread. Must not wait. */
    interface Health {
        void changed(boolean reachable);
    }

    private final JobStore store;
    private final Health health;
    private final JobListener listener;
    private final Thread writer =
            Thread.ofPlatform().daemon().name("motorpool-store-writer").unstarted(this::run);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();

    @GuardedBy("lock")
    private final ArrayDeque<Change> added = new ArrayDeque<>();

    /** Changes that wait a little, in the order in which they are due. */
    @GuardedBy("lock")
    private final ArrayDeque<Unhurried> unhurried = new ArrayDeque<>();

    /** @param dueNanos in the time of {@link System#nanoTime} */
    private record Unhurried(Change change, long dueNanos) {}

    @GuardedBy("lock")
    private boolean closed;

    /** When the transaction began that is being written; 0 if none is. Written by the writer. */
    private volatile long writingSince;
    /** Whether the latest transaction failed. Written by the writer. */
    private volatile boolean failing;

    Commits(JobStore store, Health health, JobListener listener) {
        this.store = store;
        this.health = health;
        this.listener = listener;
    }

    void start() {
        writer.start();
    }

    /** Adds a change; false if nothing is written any more. Never waits. */
    boolean add(Change change) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            added.add(change);
            wake.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds a change that nobody waits for and that may soon be needless: it is written a few milliseconds later, before
     * what has been added since. False if nothing is written any more. Never waits.
     */
    boolean addUnhurried(Change change) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            if (unhurried.isEmpty()) {
                wake.signal();
            }
            unhurried.add(new Unhurried(change, System.nanoTime() + UNHURRIED_NANOS));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds a change that comes before all that wait, also when nothing else is taken any more. For what follows from a
     * change that may have been made or not: called by the writing thread alone.
     */
    void addFirst(Change change) {
        lock.lock();
        try {
            added.addFirst(change);
        } finally {
            lock.unlock();
        }
    }

    /** Something else has failed: finds out whether the store takes what is written. */
    void doubt() {
        boolean _ = add(new Probe());
    }

    /** Whether the store takes what is written; not so after a failure, and while one transaction takes very long. */
    boolean reachable() {
        long since = writingSince;
        return !failing && (since == 0 || System.nanoTime() - since < LONG_NANOS);
    }

    /** Writes what has been added, as far as the store takes it now, and ends; bounded. Again: does nothing. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
        try {
            if (!writer.join(LAST_CHANCE)) {
                LOG.warn("The store did not take the last changes in time; jobs that ended run again");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        for (List<Change> group = take(); group != null; group = take()) {
            List<Change> left = write(group);
            long pause = SHORTEST_PAUSE_MILLIS;
            while (!left.isEmpty() && pause(pause)) {
                pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
                left = writeEach(left);
            }
        }
    }

    /** The next group; null once closed and nothing is left. */
    private @Nullable List<Change> take() {
        lock.lock();
        try {
            awaitChanges();
            List<Change> group = new ArrayList<>(Math.min(unhurried.size() + added.size(), MOST_CHANGES));
            long now = System.nanoTime();
            long bytes = 0;
            while (group.size() < MOST_CHANGES && bytes < MOST_BYTES && isDue(unhurried.peek(), now)) {
                Change change = unhurried.remove().change;
                bytes += change.bytes();
                group.add(change);
            }
            while (!added.isEmpty() && group.size() < MOST_CHANGES && bytes < MOST_BYTES) {
                Change change = added.poll();
                bytes += change.bytes();
                group.add(change);
            }
            return group.isEmpty() ? null : group;
        } finally {
            lock.unlock();
        }
    }

    /** Until there is something to be written, or nothing will be any more. */
    @GuardedBy("lock")
    private void awaitChanges() {
        while (added.isEmpty() && !closed) {
            Unhurried first = unhurried.peek();
            long nanos = first == null ? Long.MAX_VALUE : first.dueNanos - System.nanoTime();
            if (nanos <= 0) {
                return;
            }
            try {
                long _ = wake.awaitNanos(nanos);
            } catch (InterruptedException nobodyDoes) {
                LOG.warn("The thread of the store was interrupted; it goes on");
            }
        }
    }

    @GuardedBy("lock")
    private boolean isDue(@Nullable Unhurried first, long now) {
        return first != null && (closed || first.dueNanos - now <= 0);
    }

    /** Writes all in one transaction; what is left to be tried again. */
    private List<Change> write(List<Change> group) {
        long begin = System.nanoTime();
        StoreException failure = transact(group);
        if (failure == null) {
            group.forEach(Commits::tellCommitted);
            return List.of();
        }
        LOG.warn("The store did not take {} changes: {}", group.size(), failure.getMessage());
        if (System.nanoTime() - begin >= LONG_FAILURE_NANOS) {
            // It waited for the store, and so would the next: who hears of it now finds it out of reach.
            turned(false);
        }
        List<Change> left = new ArrayList<>();
        for (Change change : group) {
            if (tellFailed(change, failure)) {
                left.add(change);
            }
        }
        if (!probe()) {
            left.add(new Probe());
        }
        return left;
    }

    /** Whether the store takes a change that nothing stands against; all others wait for that. */
    private boolean probe() {
        boolean reachable = transact(List.of(new Probe())) == null;
        turned(reachable);
        return reachable;
    }

    /** Writes something and changes nothing. */
    private static final class Probe extends Change {
        @Override
        void apply(JobTables tables) throws StoreException {
            tables.probe();
        }
    }

    /** Writes each in a transaction of its own; what is left. */
    private List<Change> writeEach(List<Change> changes) {
        if (!probe()) {
            return changes;
        }
        List<Change> left = new ArrayList<>();
        for (Change change : changes) {
            StoreException failure = transact(List.of(change));
            if (failure == null) {
                tellCommitted(change);
            } else if (++change.refusals >= MOST_REFUSALS) {
                LOG.error("The store takes other changes and not this one, which is given up", failure);
                change.refused(failure);
            } else if (tellFailed(change, failure)) {
                left.add(change);
            }
        }
        return left;
    }

    private @Nullable StoreException transact(List<Change> changes) {
        long began = System.nanoTime();
        writingSince = Math.max(1, began);
        try {
            store.write(tables -> {
                for (Change change : changes) {
                    change.apply(tables);
                }
            });
            listener.committed(changes.size(), System.nanoTime() - began);
            return null;
        } catch (StoreException failure) {
            listener.commitFailed();
            return failure;
        } catch (RuntimeException | Error defect) {
            listener.commitFailed();
            return new StoreException("a defect: " + defect, defect);
        } finally {
            writingSince = 0;
        }
    }

    private void turned(boolean reachable) {
        if (failing == reachable) {
            failing = !reachable;
            if (reachable) {
                LOG.info("The store takes changes again");
            } else {
                LOG.error("The store takes no changes; detached jobs are refused and wait");
            }
            health.changed(reachable);
        }
    }

    /** What fails here must not keep the others from hearing. */
    private static void tellCommitted(Change change) {
        try {
            change.committed();
        } catch (RuntimeException | Error defect) {
            LOG.error("What follows a change of the store failed", defect);
        }
    }

    private static boolean tellFailed(Change change, StoreException why) {
        try {
            return change.failed(why);
        } catch (RuntimeException | Error defect) {
            LOG.error("What follows a failed change of the store failed", defect);
            return false;
        }
    }

    /** Waits so long; false if there is no time for that any more. */
    private boolean pause(long millis) {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!closed && nanos > 0) {
                nanos = wake.awaitNanos(nanos);
            }
            return !closed;
        } catch (InterruptedException hurry) {
            return false;
        } finally {
            lock.unlock();
        }
    }
}
