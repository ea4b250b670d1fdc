package dev.motorpool.detached.commit;

import dev.motorpool.detached.store.JobStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reserve of free disk space for changes that free space: ends of jobs, their deletion, and retention. A new job is
 * written only if the whole reserve remains afterwards; an end with a long value, if half of it remains. The writing
 * thread decides this before each transaction, when no other write is in progress.
 */
public final class DiskReserve {

    private static final Logger LOG = LoggerFactory.getLogger(DiskReserve.class);

    /** On a small disk, the reserve is this fraction of it. */
    private static final int PART = 8;

    /** Approximate disk space of a change besides its contents. */
    private static final long ROW_BYTES = 2 << 10;

    /** An end with more bytes is refused if the disk is nearly full. */
    private static final long SHORT_BYTES = 4 << 10;

    /** How long a refusal applies to further jobs of the same or a larger size. */
    private static final long REFUSAL_NANOS = Duration.ofMillis(100).toNanos();

    /** The disk is reported to have room again after this time without a refusal. */
    private static final long REPORT_NANOS = Duration.ofSeconds(5).toNanos();

    private final JobStore store;
    private final long most;

    /**
     * A refused new job.
     *
     * @param bytes of the smallest one
     * @param nanos in the time of {@link System#nanoTime}
     */
    private record Refusal(long bytes, long nanos) {}

    /** The latest refusal. Written by the writing thread. */
    private volatile @Nullable Refusal refusal;

    /** Whether a shortage was reported. Owned by the writing thread. */
    private boolean reported;

    /** Time of the latest shortage. Owned by the writing thread. */
    private long shortNanos;

    /** @param most bytes of the reserve; at most an eighth of the disk is kept */
    public DiskReserve(JobStore store, long most) {
        this.store = store;
        this.most = most;
    }

    private long reserve(JobStore.Disk disk) {
        return Math.min(most, disk.size() / PART);
    }

    /** Whether a new job of this size would have been refused recently. */
    public boolean refuses(long bytes) {
        Refusal latest = refusal;
        return latest != null && bytes >= latest.bytes && System.nanoTime() - latest.nanos < REFUSAL_NANOS;
    }

    /** Whether the change may have to wait for space. */
    static boolean needsRoom(StoreChange change) {
        return change.isSubmission() || change.bytes() > SHORT_BYTES;
    }

    /** The changes that would use up the reserve. Called by the writing thread. */
    List<StoreChange> beyond(List<StoreChange> changes) {
        long all = 0;
        boolean anyNeedsRoom = false;
        for (StoreChange change : changes) {
            all += ROW_BYTES + change.bytes();
            anyNeedsRoom |= needsRoom(change);
        }
        return anyNeedsRoom ? beyond(changes, all) : List.of();
    }

    private List<StoreChange> beyond(List<StoreChange> changes, long all) {
        JobStore.Disk disk = store.disk(0);
        if (disk.left(all) < reserve(disk)) {
            disk = store.disk(reserve(disk) + 2 * all);
        }
        long reserve = reserve(disk);
        List<StoreChange> beyond = new ArrayList<>();
        long written = 0;
        long smallest = Long.MAX_VALUE;
        for (StoreChange change : changes) {
            long bytes = ROW_BYTES + change.bytes();
            if (needsRoom(change) && disk.left(written + bytes) < (change.isSubmission() ? reserve : reserve / 2)) {
                beyond.add(change);
                smallest = change.isSubmission() ? Math.min(smallest, change.bytes()) : smallest;
            } else {
                written += bytes;
            }
        }
        if (smallest < Long.MAX_VALUE) {
            refusal = new Refusal(smallest, System.nanoTime());
        }
        report(disk, !beyond.isEmpty());
        return beyond;
    }

    private void report(JobStore.Disk disk, boolean full) {
        long now = System.nanoTime();
        shortNanos = full ? now : shortNanos;
        if (full && !reported) {
            reported = true;
            LOG.atWarn()
                    .addKeyValue("free", disk.left(0))
                    .addKeyValue("reserve", reserve(disk))
                    .log("Too little free disk space: jobs are refused; delete jobs or free space");
        } else if (reported && now - shortNanos >= REPORT_NANOS) {
            reported = false;
            LOG.info("Enough free disk space: jobs are accepted again");
        }
    }

    /** Whether jobs may be started, whose ends have to be written. */
    public boolean hasRoomForEnds() {
        JobStore.Disk disk = store.disk(0);
        if (disk.left(0) < reserve(disk) / 2) {
            disk = store.disk(reserve(disk));
        }
        return disk.left(0) >= reserve(disk) / 2;
    }
}
