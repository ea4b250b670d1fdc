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
 * The one thread that writes to the store. What has come while one transaction was written is the next one, so that one
 * {@code fsync} serves all who wait for it, and nobody waits for a timer.
 *
 * <p>A change that breaks its transaction fails alone: the others are written again without it. When the disk is full, what
 * needs much room fails or waits, and the rest is written. When a transaction fails otherwise, changes that may be given up
 * are; the others are tried again with pauses, one transaction each, so that one change that the store refuses for ever does
 * not hold up the others. The store is out of reach when it does not even take a change that nothing stands against.
 *
 * <p>The thread survives whatever a change, a listener or the store throws, errors included: without it the service could
 * store nothing, and nobody would see why.
 */
public final class GroupCommitWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitWriter.class);

    private static final int MOST_CHANGES = 1_000;
    private static final long MOST_BYTES = 16L << 20;
    private static final long SHORTEST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;
    private static final int MOST_REFUSALS = 10;
    private static final long LONG_NANOS = Duration.ofSeconds(5).toNanos();

    /** Changes that break one group, each of which is left out, before the whole group counts as failed. */
    private static final int MOST_BROKEN = 3;

    /** What fails after so long fails for the store's sake, not for a change's. */
    private static final long LONG_FAILURE_NANOS = Duration.ofSeconds(1).toNanos();

    /** How long what found the disk full waits until it is tried again. */
    private static final long FULL_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private static final Duration LAST_CHANCE = Duration.ofSeconds(10);
    private static final Duration BREATH = Duration.ofMillis(10);

    /** Hears that jobs may be started or not; by the writing thread. Must not wait. */
    public interface Health {
        void changed(boolean mayStart);
    }

    private final Transactions transactions;
    private final DiskReserve disk;
    private final Health health;
    private final long mostQueuedBytes;
    private final ChangeQueue queue = new ChangeQueue();
    private final Thread writer =
            Thread.ofPlatform().daemon().name("motorpool-store-writer").unstarted(this::run);

    /** The changes of the transaction that is written. Owned by the writer, as what follows. */
    private final List<StoreChange> group = new ArrayList<>(MOST_CHANGES);

    /** Changes of a failed transaction that are tried again before all others. */
    private final List<StoreChange> kept = new ArrayList<>();

    /** Changes that found the disk full and cannot be given up. */
    private final List<StoreChange> waiting = new ArrayList<>();

    /** When the waiting ones are tried next, in the time of {@link System#nanoTime}. */
    private long waitingUntil;

    /** Whether the latest transaction failed. Written by the writer. */
    private volatile boolean failing;

    /** Whether more is on its way to the store than memory is meant for. Written by the writer. */
    private volatile boolean crowded;

    /** @param mostQueuedBytes of changes on their way, above which no further job is to be started */
    public GroupCommitWriter(
            JobStore store, DiskReserve disk, Health health, JobListener listener, long mostQueuedBytes) {
        this.transactions = new Transactions(store, listener);
        this.disk = disk;
        this.health = health;
        this.mostQueuedBytes = mostQueuedBytes;
    }

    public void start() {
        writer.start();
    }

    /** Adds a change; false if nothing is written any more. Never waits. */
    public boolean add(StoreChange change) {
        return queue.add(change);
    }

    /**
     * Adds a change that nobody waits for and that may soon be needless: it is written a few milliseconds later, before
     * what has been added since. False if nothing is written any more. Never waits.
     */
    public boolean addUnhurried(StoreChange change) {
        return queue.addUnhurried(change);
    }

    /**
     * Adds a change that comes before all that wait, also when nothing else is taken any more. For what follows from a
     * change that may have been made or not: called by the writing thread alone.
     */
    public void addFirst(StoreChange change) {
        queue.addFirst(change);
    }

    /** Something else has failed: finds out whether the store takes what is written. */
    public void doubt() {
        boolean _ = add(new Probe());
    }

    /** Whether the store takes what is written; not so after a failure, and while one transaction takes very long. */
    public boolean reachable() {
        return !failing && transactions.nanos() < LONG_NANOS;
    }

    /** Whether jobs may be started, whose ends have to be written. */
    public boolean mayStart() {
        return reachable() && !crowded;
    }

    /** Writes what has been added, as far as the store takes it now, and ends; bounded. Again: does nothing. */
    @Override
    public void close() {
        queue.close();
        try {
            if (!writer.join(LAST_CHANCE)) {
                LOG.warn("The store did not take the last changes in time; jobs that ended run again");
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
                look();
                leaveReserve();
                writeGroup();
                writeKept();
                writeWaiting();
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

    /** Looks whether what is on its way has become too much, or little enough again. */
    private void look() {
        long bytes = queue.bytes();
        boolean now = bytes > (crowded ? mostQueuedBytes / 2 : mostQueuedBytes);
        if (now != crowded) {
            crowded = now;
            health.changed(mayStart());
        }
    }

    /** Takes out of the group what would use up the room on the disk that is kept for others. */
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

    /** Writes a single change, if there is room for it. */
    private @Nullable StoreException writeAlone(StoreChange change) {
        List<StoreChange> alone = List.of(change);
        return disk.beyond(alone).isEmpty() ? transactions.write(alone) : full();
    }

    /** Writes the group in one transaction, as far as it can be. */
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
        LOG.warn("The store did not take {} changes: {}", group.size(), failure.getMessage());
        if (System.nanoTime() - begin >= LONG_FAILURE_NANOS) {
            // It waited for the store, and so would the next: who hears of it now finds it out of reach.
            turned(false);
        }
        for (StoreChange change : group) {
            if (failed(change, failure)) {
                kept.add(change);
            }
        }
        group.clear();
        boolean _ = probe();
    }

    /** Writes parts of the group, for which there may be room; why there was none for what is left of it, or null. */
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
     * Takes what has broken the transaction, which surely was not made, out of the group: one change, or all that need
     * much room on a full disk. False if that is not known, or nothing else is left.
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
        LOG.warn("{} of {} changes are left out: {}", broken.size(), group.size(), failure.getMessage());
        leaveOut(broken, failure);
        return true;
    }

    /** Tries the change again: with nothing before it, or once there may be room. */
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

    /** Writes what was kept, each in a transaction of its own, until it is settled and the store takes changes. */
    private void writeKept() {
        long pause = SHORTEST_PAUSE_MILLIS;
        while (!kept.isEmpty() || failing) {
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

    /** Tries what found the disk full, one by one until it is full again. */
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

    /** Whether nothing more becomes of a change that was written alone; false if it is to be tried again. */
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

    /** Whether the store takes a change that nothing stands against; all others wait for that. */
    private boolean probe() {
        boolean reachable = transactions.write(List.of(new Probe())) == null;
        turned(reachable);
        return reachable;
    }

    /** Writes something and changes nothing. */
    private static final class Probe extends StoreChange {
        @Override
        public void apply(JobTables tables) throws StoreException {
            tables.probe();
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
            health.changed(mayStart());
        }
    }

    /** What fails here must not keep the others from hearing. */
    private void committed(StoreChange change) {
        try {
            change.committed();
        } catch (Throwable defect) {
            Transactions.report("What follows a change of the store failed", defect);
        }
        queue.over(change);
    }

    /** Tells the change that its transaction failed; whether it is to be tried again. */
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
