package dev.motorpool.pool.process;

import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The orders that wait for the thread that writes them to a worker's pipe. */
final class Outbox {

    /** Bytes that are collected for one write. */
    private static final int WRITE_BYTES = 64 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    /** Guarded by lock. */
    private ArrayDeque<Message.Order> orders = new ArrayDeque<>();
    /** Guarded by lock. */
    private long added;
    /** Guarded by lock. */
    private boolean closed;

    /** Queues an order, unless the outbox is closed. Returns its number, from 1. */
    long add(Message.Order order) {
        lock.lock();
        try {
            if (!closed) {
                orders.add(order);
                wake.signal();
            }
            return ++added;
        } finally {
            lock.unlock();
        }
    }

    /** No more orders are written. */
    void close() {
        lock.lock();
        try {
            closed = true;
            orders.clear();
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Writes orders until the outbox or the pipe is closed, and closes the pipe. */
    void writeTo(OutputStream pipe) {
        FrameCodec.GrowingBuffer buffer = new FrameCodec.GrowingBuffer();
        try (pipe) {
            boolean more = true;
            while (more) {
                more = write(take(), buffer, pipe);
            }
        } catch (IOException ended) {
            // The reader sees the end of the process and reports it.
        }
    }

    /** Writes orders. Returns false if no more will come. As with reading, none of them stay on this thread's stack. */
    private static boolean write(
            @Nullable ArrayDeque<Message.Order> orders, FrameCodec.GrowingBuffer buffer, OutputStream out)
            throws IOException {
        if (orders == null) {
            return false;
        }
        for (Message.Order order : orders) {
            FrameCodec.encode(order, buffer);
            if (buffer.size() > WRITE_BYTES) {
                buffer.drainTo(out);
            }
        }
        buffer.drainTo(out);
        out.flush();
        return true;
    }

    /** Waits for orders. Returns null once closed. */
    private @Nullable ArrayDeque<Message.Order> take() {
        lock.lock();
        try {
            while (orders.isEmpty() && !closed) {
                wake.awaitUninterruptibly();
            }
            if (closed) {
                return null;
            }
            ArrayDeque<Message.Order> taken = orders;
            orders = new ArrayDeque<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
