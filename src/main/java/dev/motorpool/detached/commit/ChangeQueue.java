package dev.motorpool.detached.commit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A queue of changes for the store that counts their bytes. Any thread adds; one thread takes. */
final class ChangeQueue {

    /** Delay of a change that may become unnecessary. */
    private static final long UNHURRIED_NANOS = Duration.ofMillis(2).toNanos();

    /** Memory of a change besides its contents. */
    private static final long OVERHEAD = 512;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();

    @GuardedBy("lock")
    private final ArrayDeque<StoreChange> added = new ArrayDeque<>();

    /** Delayed changes, in the order of their due times. */
    @GuardedBy("lock")
    private final ArrayDeque<Unhurried> unhurried = new ArrayDeque<>();

    /** @param dueNanos in the time of {@link System#nanoTime} */
    private record Unhurried(StoreChange change, long dueNanos) {}

    @GuardedBy("lock")
    private boolean closed;

    /** Bytes of all changes that were added and are not {@link #over}. */
    private final AtomicLong bytes = new AtomicLong();

    /** Adds a change; false if the queue is closed. Does not block. */
    boolean add(StoreChange change) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            added.add(change);
            bytes.addAndGet(OVERHEAD + change.bytes());
            wake.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Adds a change that is taken a few milliseconds later, before what has been added since; else as {@link #add}. */
    boolean addUnhurried(StoreChange change) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            if (unhurried.isEmpty()) {
                wake.signal();
            }
            unhurried.add(new Unhurried(change, System.nanoTime() + UNHURRIED_NANOS));
            bytes.addAndGet(OVERHEAD + change.bytes());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Adds a change in front of all others, even after {@link #close}. */
    void addFirst(StoreChange change) {
        lock.lock();
        try {
            added.addFirst(change);
            bytes.addAndGet(OVERHEAD + change.bytes());
        } finally {
            lock.unlock();
        }
    }

    /** The change is finished. */
    void over(StoreChange change) {
        bytes.addAndGet(-OVERHEAD - change.bytes());
    }

    /** Bytes of changes that were added and are not finished. */
    long bytes() {
        return bytes.get();
    }

    /**
     * Takes the next changes, once there are any or the time is over.
     *
     * @param group receives them; has capacity for this many, so that nothing is allocated
     * @return false once closed and empty
     */
    boolean take(List<StoreChange> group, int most, long mostBytes, long mostNanos) {
        lock.lock();
        try {
            await(mostNanos);
            long now = System.nanoTime();
            long taken = 0;
            while (group.size() < most && taken < mostBytes && isDue(unhurried.peek(), now)) {
                StoreChange change = unhurried.remove().change;
                group.add(change);
                taken += change.bytes();
            }
            while (group.size() < most && taken < mostBytes && !added.isEmpty()) {
                StoreChange change = added.remove();
                group.add(change);
                taken += change.bytes();
            }
            return !closed || !group.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a change is available, the queue is closed, or the time is over. */
    @GuardedBy("lock")
    private void await(long mostNanos) {
        long end = System.nanoTime() + mostNanos;
        while (added.isEmpty() && !closed) {
            Unhurried first = unhurried.peek();
            long now = System.nanoTime();
            long nanos = first == null ? end - now : Math.min(end - now, first.dueNanos - now);
            if (nanos <= 0) {
                return;
            }
            try {
                long _ = wake.awaitNanos(nanos);
            } catch (InterruptedException nobodyDoes) {
                // The store's thread continues.
            }
        }
    }

    @GuardedBy("lock")
    private boolean isDue(@Nullable Unhurried first, long now) {
        return first != null && (closed || first.dueNanos - now <= 0);
    }

    /** Waits this long; false if closed. */
    boolean pause(long millis) {
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

    /** Closes the queue for further changes. */
    void close() {
        lock.lock();
        try {
            closed = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
    }
}
