package dev.motorpool.job.stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.job.JobError;
import dev.motorpool.pool.Lane;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that one stream holds, and the part that is counted in the budget of all streams. That part changes in
 * steps, so that a stream of small values seldom changes it. Thread-safe.
 */
final class StreamBytes {

    /** Smaller rows of values are not dropped when the stream ends early; they stay counted until it has closed. */
    private static final long LARGE = 4 << 10;

    private final StreamBudget budget;
    private final StreamBudget.Caller caller;
    private final Lane lane;
    private final Arrivals arrivals;

    private final AtomicLong items = new AtomicLong();
    private final AtomicLong values = new AtomicLong();

    /** Larger rows of values that have not been written. */
    private final Set<StreamValues> large = ConcurrentHashMap.newKeySet();

    /** A multiple of the step; written under this object's lock. */
    private volatile long counted;

    @GuardedBy("this")
    private boolean closed;

    /** Why the stream ends early; set once. */
    private volatile @Nullable JobError ended;

    /** When the client last took something, or there was nothing to take. */
    private volatile long takenNanos = System.nanoTime();

    StreamBytes(StreamBudget budget, String caller, Lane lane, Arrivals arrivals) {
        this.budget = budget;
        this.lane = lane;
        this.arrivals = arrivals;
        this.caller = budget.enter(caller, this);
    }

    long held() {
        return items.get() + values.get();
    }

    long values() {
        return values.get();
    }

    /** Maximum bytes that the stream may hold before it stops. */
    long most() {
        return caller.isTight() ? 1 : StreamWindow.MOST_BYTES;
    }

    /** Takes bytes of items, if all streams leave room for them. */
    boolean admit(long bytes) {
        if (bytes > StreamBudget.STEP) {
            return budget.admit(caller, this, bytes);
        }
        addItems(bytes);
        relieveIfExceeded();
        return true;
    }

    void addItems(long bytes) {
        items.addAndGet(bytes);
        count();
    }

    void resulted(long bytes) {
        items.addAndGet(-bytes);
        count();
    }

    /** Values have arrived. Returns false if the stream has ended and drops them. */
    boolean came(StreamValues row) {
        if (ended != null) {
            return false;
        }
        boolean kept = row.size() >= LARGE;
        if (kept) {
            large.add(row);
        }
        came(row.size());
        if (kept && ended != null) {
            drop(row);
            return false;
        }
        return true;
    }

    /** Bytes have arrived that cannot be dropped. */
    void came(long bytes) {
        values.addAndGet(bytes);
        count();
        relieveIfExceeded();
    }

    void written(StreamValues row, long bytes) {
        written(row.written(bytes));
        if (row.size() >= LARGE && row.isWritten()) {
            large.remove(row);
        }
    }

    void written(long bytes) {
        values.addAndGet(-bytes);
        count();
    }

    private void drop(StreamValues row) {
        large.remove(row);
        written(row.drop());
    }

    /** The client takes what is written, or has nothing to take. */
    void taken() {
        takenNanos = System.nanoTime();
    }

    long takenNanos() {
        return takenNanos;
    }

    /** About how many bytes an early end frees. */
    long endFrees() {
        return ended == null ? counted : 0;
    }

    @Nullable
    JobError ended() {
        return ended;
    }

    /** Ends the stream early and frees its bytes at once. {@link #cancel} must follow. */
    void end(JobError error) {
        ended = error;
        large.forEach(this::drop);
        settle();
    }

    /** Cancels items without a result, and notifies the writer. */
    void cancel() {
        lane.cancel();
        arrivals.add(new Arrival.EarlyEnd());
    }

    /** Removes all bytes of the stream from the budget. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        settle();
        caller.leave(this);
    }

    private void relieveIfExceeded() {
        if (caller.isExceeded()) {
            budget.relieve();
        }
    }

    private void count() {
        long now = held();
        long known = counted;
        if (now > known || now < known - 2 * StreamBudget.STEP) {
            settle();
        }
    }

    private synchronized void settle() {
        long held = closed ? 0 : ended == null ? held() : values();
        long next = (held + StreamBudget.STEP - 1) / StreamBudget.STEP * StreamBudget.STEP;
        long more = next - counted;
        if (more != 0) {
            counted = next;
            caller.add(more);
        }
    }
}
