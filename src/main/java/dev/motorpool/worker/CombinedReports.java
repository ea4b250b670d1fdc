package dev.motorpool.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.FrameCodec.GrowingBuffer;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Combines reports of many threads into few writes. The thread that finds the pipe free writes, and then also writes
 * what others have queued meanwhile. The others do not wait for it, unless much is queued because the service does not
 * read.
 */
final class CombinedReports implements Reports {

    private static final int QUEUED_LIMIT = 4 * 1024 * 1024;

    private final OutputStream out;
    private final ProcessExit processExit;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();

    @GuardedBy("lock")
    private GrowingBuffer queued = new GrowingBuffer();

    @GuardedBy("lock")
    private boolean writing;

    /** Bytes that were ever queued. */
    @GuardedBy("lock")
    private long added;

    /** Bytes that are in the pipe. */
    @GuardedBy("lock")
    private long written;

    /** Owned by the thread that has set {@link #writing}. */
    private GrowingBuffer leaving = new GrowingBuffer();

    CombinedReports(OutputStream out, ProcessExit processExit) {
        this.out = out;
        this.processExit = processExit;
    }

    @Override
    public void write(Message.Report report) {
        long _ = add(report);
    }

    /** Returns how many bytes have been queued by then. */
    private long add(Message.Report report) {
        lock.lock();
        try {
            while (queued.size() > QUEUED_LIMIT && writing) {
                progress.awaitUninterruptibly();
            }
            int before = queued.size();
            FrameCodec.encode(report, queued);
            added += queued.size() - before;
            long mine = added;
            if (writing) {
                return mine;
            }
            writing = true;
            while (queued.size() > 0) {
                GrowingBuffer batch = queued;
                queued = leaving;
                leaving = batch;
                progress.signalAll();
                int size = batch.size();
                lock.unlock();
                try {
                    batch.drainTo(out);
                } catch (IOException gone) {
                    processExit.atOnce();
                } finally {
                    lock.lock();
                    written += size;
                }
            }
            writing = false;
            progress.signalAll();
            return mine;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void writeThrough(Message.Report report) {
        long mine = add(report);
        lock.lock();
        try {
            while (written < mine) {
                progress.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
