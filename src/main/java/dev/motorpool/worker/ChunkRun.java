package dev.motorpool.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.function.CallContext;
import dev.motorpool.function.TraceContext;
import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One run of a chunk: its items one after another on one thread. Values are collected for up to a millisecond and
 * reported together. An item that runs longer than that is announced first, so that the service knows which one runs.
 *
 * <p>Guarded by the run's monitor. Reports are written under it, so that they leave in the order of the items.
 */
final class ChunkRun extends WorkItem implements CallContext {

    /** How long a value may wait for others. */
    private static final long GATHER_NANOS = 1_000_000;

    /** An item that runs this long is announced, and reported alone, so that its time is known. */
    private static final long LONG_NANOS = GATHER_NANOS / 2;

    private final Message.Chunk chunk;
    private final Calls calls;
    private final Reports reports;
    private final ChunkTicker ticker;
    private final OutputRouter outputRouter;

    @GuardedBy("this")
    private final GatheredValues gathered;

    /** The running item, or the last one that ran. */
    @GuardedBy("this")
    private int current = -1;

    /** The end of the chunk, which moves down when items are taken back. */
    @GuardedBy("this")
    private int end;

    /** The thread that runs the current item; null between items. */
    @GuardedBy("this")
    private @Nullable Thread thread;

    /** An item to interrupt as soon as it runs, or -1. */
    @GuardedBy("this")
    private int cancelNext = -1;

    /** Whether the current item was announced. */
    @GuardedBy("this")
    private boolean announced;

    /** Whether the ticker checks this run. */
    @GuardedBy("this")
    private boolean ticked;

    @GuardedBy("this")
    private long flushedNanos;

    /** When the current item began; written by the running thread. */
    private long begunNanos;

    /** The output of its items, if the service asked for it; owned by the running thread. */
    private @Nullable CallOutput output;

    /** Set when an item begins, if it has a time limit and the worker wants to know. */
    private volatile @Nullable Instant deadline;

    private volatile boolean cancelled;

    ChunkRun(Message.Chunk chunk, Calls calls, Reports reports, ChunkTicker ticker, OutputRouter outputRouter) {
        this.chunk = chunk;
        this.calls = calls;
        this.reports = reports;
        this.ticker = ticker;
        this.outputRouter = outputRouter;
        this.end = chunk.items().count();
        this.gathered = new GatheredValues(chunk.id());
    }

    @Override
    long id() {
        return chunk.id();
    }

    @Override
    void perform() {
        output = chunk.output() ? outputRouter.open(chunk.id()) : null;
        int index = first();
        while (index >= 0) {
            RawJson value;
            try {
                value = calls.execute(chunk, index, this);
            } catch (Throwable thrown) {
                index = failed(index, thrown);
                continue;
            }
            index = succeeded(index, value);
        }
    }

    @Override
    void fail(Throwable noThread) {
        for (int index = 0; index < chunk.items().count(); index++) {
            reports.write(Calls.failed(chunk.id(), index, 0, noThread));
        }
    }

    private synchronized int first() {
        flushedNanos = System.nanoTime();
        return next(flushedNanos);
    }

    private synchronized int succeeded(int index, RawJson value) {
        long now = over();
        long ran = now - begunNanos;
        boolean alone = ran >= LONG_NANOS;
        if (alone) {
            flush();
        }
        if (!gathered.add(index, ran, value)) {
            flush();
            if (!gathered.add(index, ran, value)) {
                reports.write(GatheredValues.alone(chunk.id(), index, ran, value));
            }
        }
        if (alone || now - flushedNanos >= GATHER_NANOS) {
            flush();
            now = System.nanoTime();
            flushedNanos = now;
        }
        return next(now);
    }

    private synchronized int failed(int index, Throwable thrown) {
        long now = over();
        flush();
        reports.write(Calls.failed(chunk.id(), index, now - begunNanos, thrown));
        flushedNanos = System.nanoTime();
        return next(flushedNanos);
    }

    /** The current item is over: from now on it is not interrupted, and a pending interrupt is cleared. */
    @GuardedBy("this")
    private long over() {
        thread = null;
        Thread.interrupted();
        long now = System.nanoTime();
        if (current + 1 >= end) {
            closeOutput();
        }
        return now;
    }

    /** Sends the output of the items, before the last of them is reported. */
    @GuardedBy("this")
    private void closeOutput() {
        if (output != null) {
            output.close();
        }
    }

    /** Begins the next item. Returns -1 if there is none. */
    @GuardedBy("this")
    private int next(long now) {
        if (current + 1 >= end) {
            closeOutput();
            flush();
            current = end;
            return -1;
        }
        current++;
        announced = false;
        cancelled = false;
        begunNanos = now;
        Message.About about = chunk.about();
        if (about != null && about.deadline() != null) {
            deadline = Instant.now().plus(about.deadline());
        }
        thread = Thread.currentThread();
        if (cancelNext == current) {
            cancel(current);
        }
        // If a chunk has one item, or nothing is collected before its last one, that item needs no announcement.
        if (!ticked && (current + 1 < end || !gathered.isEmpty())) {
            ticked = true;
            ticker.watch(this);
        }
        return current;
    }

    @GuardedBy("this")
    private void flush() {
        if (!gathered.isEmpty()) {
            gathered.writeTo(reports);
        }
    }

    /**
     * Reports the collected values, and announces the item that has run since the last check.
     *
     * @return whether to check again
     */
    synchronized boolean tick() {
        flush();
        flushedNanos = System.nanoTime();
        if (thread != null && flushedNanos - begunNanos >= LONG_NANOS) {
            reports.write(new Message.Running(chunk.id(), current));
            announced = true;
        }
        ticked = thread != null && !announced;
        return ticked;
    }

    @Override
    synchronized int takeBack() {
        flush();
        int first = current + 1;
        if (first >= end) {
            return -1;
        }
        end = first;
        return first;
    }

    @Override
    synchronized void cancel(int index) {
        if (index > current) {
            cancelNext = index;
        } else if (index == current && thread != null) {
            cancelled = true;
            thread.interrupt();
        }
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    @Override
    public int attempt() {
        return chunk.attempt();
    }

    @Override
    public String function() {
        return chunk.function();
    }

    @Override
    public String job() {
        Message.About about = chunk.about();
        return about == null ? "" : about.job();
    }

    @Override
    public String pool() {
        Message.About about = chunk.about();
        return about == null ? "" : about.pool();
    }

    @Override
    public @Nullable Instant deadline() {
        return deadline;
    }

    @Override
    public @Nullable TraceContext traceContext() {
        return TraceContext.read(chunk.traceparent(), chunk.tracestate());
    }

    /** Progress within one item of a map is not reported: the map's own progress is the number of its items. */
    @Override
    public void progress(long done, long total, String message) {}
}
