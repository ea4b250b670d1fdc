package dev.motorpool.detached.commit;

import dev.motorpool.detached.store.DiskFullException;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the store with a single thread and group commit: changes that arrive during one transaction form the next
 * one. So one {@code fsync} serves all callers, and no caller waits for a timer.
 *
 * <p>A change that breaks its transaction fails alone: the others are written again without it. When the disk is full,
 * changes that need much space fail or wait, and the rest is written. When a transaction fails otherwise, changes that
 * may be given up fail. The others are retried with pauses, in one transaction each, so that a change that the store
 * always refuses does not block the others. The store counts as unreachable when it refuses even a change without
 * preconditions.
 *
 * <p>The thread survives everything that a change, a listener or the store throws, errors included. Without the thread
 * the service could store nothing, and the cause would not be visible.
 */
public final class GroupCommitWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitWriter.class);

    private static final int MOST_CHANGES = 1_000;
    private static final long MOST_BYTES = 16L << 20;
    private static final long SHORTEST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;
    private static final int MOST_REFUSALS = 10;

    /** Changes that may break one group and are excluded one by one, before the whole group counts as failed. */
    private static final int MOST_BROKEN = 3;

    /** A failure after this time is attributed to the store, not to a change. */
    private static final long LONG_FAILURE_NANOS = Duration.ofSeconds(1).toNanos();

    /** Pause before a change that found the disk full is retried. */
    private static final long FULL_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private static final Duration LAST_CHANCE = Duration.ofSeconds(10);
    private static final Duration BREATH = Duration.ofMillis(10);

    /** Listens for whether jobs may be started. Called by the writing thread; must not block. */
    public interface Health {
        void changed(boolean mayStart);
    }

    private final Transactions transactions;
    private final DiskReserve disk;
    private final StoreHealth health;
    private final ChangeQueue queue = new ChangeQueue();
    private final Thread writer =
            Thread.ofPlatform().daemon().name("motorpool-store-writer").unstarted(this::run);

    /** The changes of the current transaction. Owned by the writer, as are the following fields. */
    private final List<StoreChange> group = new ArrayList<>(MOST_CHANGES);

    /** Changes of a failed transaction that are retried before all others. */
    private final List<StoreChange> kept = new ArrayList<>();

    /** Changes that found the disk full and cannot be given up. */
    private final List<StoreChange> waiting = new ArrayList<>();

    /** When the waiting changes are retried, in the time of {@link System#nanoTime}. */
    private long waitingUntil;

    /** @param mostQueuedBytes bytes of queued changes above which no further job is started */
    public GroupCommitWriter(
            JobStore store, DiskReserve disk, Health listening, JobListener listener, long mostQueuedBytes) {
        this.transactions = new Transactions(store, listener);
        this.disk = disk;
        this.health = new StoreHealth(transactions, listening, mostQueuedBytes);
    }

    public void start() {
        writer.start();
    }

    /** Adds a change; false if the writer is closed. Does not block. */
    public boolean add(StoreChange change) {
        return queue.add(change);
    }

    /**
     * Adds a change without a waiting caller that may soon be unnecessary. It is written a few milliseconds later,
     * before what has been added since. False if the writer is closed. Does not block.
     */
    public boolean addUnhurried(StoreChange change) {
        return queue.addUnhurried(change);
    }

    /**
     * Adds a change in front of all others, even after the writer is closed. For the consequences of a change that may
     * have been committed or not: called only by the writing thread.
     */
    public void addFirst(StoreChange change) {
        queue.addFirst(change);
    }

    /** Another operation has failed: checks whether the store accepts writes. */
    public void doubt() {
        boolean _ = add(new Probe());
    }

    /** Whether the store accepts writes; false after a failure, and while one transaction takes very long. */
    public boolean reachable() {
        return health.reachable();
    }

    /** Whether jobs may be started, whose ends have to be written. */
    public boolean mayStart() {
        return health.mayStart();
    }

    /** Writes the queued changes, as far as the store accepts them now, and closes; bounded. Idempotent. */
    @Override
    public void close() {
        queue.close();
        try {
            if (!writer.join(LAST_CHANCE)) {
                LOG.warn("The store did not write the last changes in time; jobs that have ended will run again");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean more = true;
        while (more) {
            try {
                more = queue.take(group, MOST_CHANGES, MOST_BYTES, untilNext());
                health.queued(queue.bytes());
                leaveReserve();
                writeGroup();
                writeKept();
                writeWaiting();
                health.queued(queue.bytes()); // no further change may come that would find the queue short again
            } catch (Throwable defect) {
                Transactions.report("The thread of the store goes on after a defect", defect);
                group.forEach(change -> giveUp(change, transactions.defect()));
                group.clear();
                LockSupport.parkNanos(BREATH.toNanos());
            }
        }
        if (!waiting.isEmpty()) {
            LOG.warn("The disk is full: the ends of {} jobs could not be stored; they run again", waiting.size());
        }
    }

    private long untilNext() {
        return waiting.isEmpty() ? Long.MAX_VALUE / 2 : Math.max(0, waitingUntil - System.nanoTime());
    }

    /** Removes changes from the group that would use up the disk reserve. */
    private void leaveReserve() {
        List<StoreChange> beyond = disk.beyond(group);
        if (!beyond.isEmpty()) {
            leaveOut(beyond, full());
        }
    }

    private static DiskFullException full() {
        return new DiskFullException("the disk has too little free space");
    }

    private void leaveOut(List<StoreChange> changes, StoreException why) {
        group.removeAll(Set.copyOf(changes));
        for (StoreChange change : changes) {
            if (failed(change, why)) {
                keep(change, why instanceof DiskFullException);
            }
        }
    }

    /** Writes a single change, if there is space for it. */
    private @Nullable StoreException writeAlone(StoreChange change) {
        List<StoreChange> alone = List.of(change);
        return disk.beyond(alone).isEmpty() ? transactions.write(alone) : full();
    }

    /** Writes the group in one transaction, as far as possible. */
    private void writeGroup() {
        if (group.isEmpty()) {
            return;
        }
        long begin = System.nanoTime();
        StoreException failure = transactions.write(group);
        for (int broken = 0; failure != null && broken < MOST_BROKEN && leaveOut(failure); broken++) {
            failure = transactions.write(group);
        }
        failure = failure instanceof DiskFullException full ? writeParts(full) : failure;
        if (failure == null) {
            group.forEach(this::committed);
            group.clear();
            return;
        }
        LOG.warn("The store did not write {} changes: {}", group.size(), failure.getMessage());
        if (System.nanoTime() - begin >= LONG_FAILURE_NANOS) {
            // It waited for the store, and so would the next: its caller already finds the store unreachable.
            health.turned(false);
        }
        for (StoreChange change : group) {
            if (failed(change, failure)) {
                kept.add(change);
            }
        }
        group.clear();
        boolean _ = probe();
    }

    /** Writes parts of the group that may fit on the disk; returns why the rest does not fit, or null. */
    private @Nullable StoreException writeParts(DiskFullException full) {
        StoreException failure = full;
        for (int size = group.size(); failure instanceof DiskFullException && size > 1; ) {
            size = (size + 1) / 2;
            failure = null;
            while (failure == null && !group.isEmpty()) {
                List<StoreChange> part = group.subList(0, Math.min(size, group.size()));
                failure = transactions.write(part);
                if (failure == null) {
                    part.forEach(this::committed);
                    part.clear();
                }
            }
        }
        return failure;
    }

    /**
     * Removes the changes from the group that broke the transaction, which certainly was not committed: one change, or
     * all that need much space on a full disk. False if they are unknown, or no others remain.
     */
    private boolean leaveOut(StoreException failure) {
        boolean full = failure instanceof DiskFullException;
        StoreChange culprit = transactions.culprit();
        List<StoreChange> broken = full
                ? group.stream().filter(DiskReserve::needsRoom).toList()
                : culprit == null ? List.of() : List.of(culprit);
        if (broken.isEmpty() || broken.size() == group.size()) {
            return false;
        }
        LOG.warn("{} of {} changes failed and are skipped: {}", broken.size(), group.size(), failure.getMessage());
        leaveOut(broken, failure);
        return true;
    }

    /** Keeps the change for a retry: alone, or once there may be space. */
    private void keep(StoreChange change, boolean full) {
        if (!full) {
            kept.add(change);
            return;
        }
        if (waiting.isEmpty()) {
            waitingUntil = System.nanoTime() + FULL_PAUSE_NANOS;
        }
        waiting.add(change);
    }

    /** Writes the kept changes, each in its own transaction, until they are settled and the store accepts changes. */
    private void writeKept() {
        long pause = SHORTEST_PAUSE_MILLIS;
        while (!kept.isEmpty() || health.isFailing()) {
            if (!queue.pause(pause)) {
                kept.clear();
                return;
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            if (probe()) {
                kept.removeIf(change -> {
                    StoreException failure = writeAlone(change);
                    if (!(failure instanceof DiskFullException full)) {
                        return settled(change, failure);
                    }
                    if (failed(change, full)) {
                        keep(change, true);
                    }
                    return true;
                });
            }
        }
    }

    /** Retries the changes that found the disk full, one by one until it is full again. */
    private void writeWaiting() {
        if (waiting.isEmpty() || System.nanoTime() - waitingUntil < 0) {
            return;
        }
        waitingUntil = System.nanoTime() + FULL_PAUSE_NANOS;
        boolean full = false;
        for (int left = waiting.size(); left > 0 && !full; left--) {
            StoreChange change = waiting.getFirst();
            StoreException failure = writeAlone(change);
            full = failure instanceof DiskFullException;
            if (!full) {
                waiting.removeFirst();
                if (!settled(change, failure)) {
                    waiting.add(change);
                }
            }
        }
    }

    /** Whether a change that was written alone is finished; false if it has to be retried. */
    private boolean settled(StoreChange change, @Nullable StoreException failure) {
        if (failure == null) {
            committed(change);
            return true;
        }
        if (++change.refusals >= MOST_REFUSALS) {
            Transactions.report("The store takes other changes and not this one, which is given up", failure);
            giveUp(change, failure);
            return true;
        }
        return !failed(change, failure);
    }

    /** Whether the store accepts a change without preconditions; all others wait for that. */
    private boolean probe() {
        boolean reachable = transactions.write(List.of(new Probe())) == null;
        health.turned(reachable);
        return reachable;
    }

    /** Writes a row and changes nothing. */
    private static final class Probe extends StoreChange {
        @Override
        public void apply(JobTables tables) throws StoreException {
            tables.probe();
        }
    }

    /** A failure here must not prevent the notification of the others. */
    private void committed(StoreChange change) {
        try {
            change.committed();
        } catch (Throwable defect) {
            Transactions.report("What follows a change of the store failed", defect);
        }
        queue.over(change);
    }

    /** Notifies the change that its transaction failed; returns whether to retry it. */
    private boolean failed(StoreChange change, StoreException why) {
        try {
            if (change.failed(why)) {
                return true;
            }
        } catch (Throwable defect) {
            Transactions.report("What follows a failed change of the store failed", defect);
        }
        queue.over(change);
        return false;
    }

    private void giveUp(StoreChange change, StoreException why) {
        try {
            change.refused(why);
        } catch (Throwable defect) {
            Transactions.report("What follows a change that was given up failed", defect);
        }
        queue.over(change);
    }
}
