package dev.motorpool.detached;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Free space on the store's disk that is kept for what makes room: the ends of jobs, their deletion, and forgetting. With
 * less than the reserve no job is accepted, with less than half of it none is started. Thread-safe.
 */
final class DiskReserve {

    private static final Logger LOG = LoggerFactory.getLogger(DiskReserve.class);

    /** How long what was seen of the disk is believed. */
    private static final long FRESH_NANOS = 100_000_000;

    /** A small disk keeps this part of it. */
    private static final int PART = 8;

    /** A change is written to the log and then to the file. */
    private static final int COPIES = 2;

    private final JobStore store;
    private final long most;

    /** Bytes of jobs that were accepted since the disk was looked at, and may not be on it yet. */
    private final AtomicLong accepted = new AtomicLong();

    /** @param seenNanos in the time of {@link System#nanoTime} */
    private record Look(long free, long reserve, long seenNanos) {}

    /** What was seen latest; replaced by any thread. */
    private volatile Look look;

    /** Whether it was reported that jobs are refused. */
    private volatile boolean reported;

    /** @param most bytes of the reserve; at most an eighth of the disk is kept */
    DiskReserve(JobStore store, long most) {
        this.store = store;
        this.most = most;
        this.look = look(System.nanoTime());
    }

    private Look look(long now) {
        JobStore.Disk disk = store.disk();
        accepted.set(0);
        return new Look(disk.free(), Math.min(most, disk.size() / PART), now);
    }

    private Look latest() {
        long now = System.nanoTime();
        Look known = look;
        if (now - known.seenNanos >= FRESH_NANOS) {
            known = look(now);
            look = known;
        }
        return known;
    }

    /** Whether a job of this many bytes may be accepted, and the reserve stays. */
    boolean accept(long bytes) {
        Look now = latest();
        boolean room = now.free - COPIES * accepted.addAndGet(bytes) >= now.reserve;
        if (room == reported) {
            report(now, room);
        }
        return room;
    }

    private void report(Look now, boolean room) {
        reported = !room;
        if (room) {
            LOG.info("The disk has room for jobs again");
        } else {
            LOG.atWarn()
                    .addKeyValue("free", now.free)
                    .addKeyValue("reserve", now.reserve)
                    .log("The disk has too little free space: jobs are refused; delete jobs or make room");
        }
    }

    /** Whether jobs may be started, whose ends have to be written. */
    boolean hasRoomForEnds() {
        Look now = latest();
        return now.free >= now.reserve / 2;
    }
}
