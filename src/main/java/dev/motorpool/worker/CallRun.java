package dev.motorpool.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.function.CallContext;
import dev.motorpool.function.TraceContext;
import dev.motorpool.wire.Message;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One run of a call: the context that the function sees, and the state that decides which thread an interrupt hits.
 *
 * <pre>
 *   WAITING --begin--> RUNNING --end--> OVER
 *   WAITING --drop---> OVER
 * </pre>
 *
 * The state is guarded by the run's monitor. An interrupt is sent under it and only while RUNNING, so none can reach
 * the thread once {@link #end} has returned.
 */
final class CallRun extends WorkItem implements CallContext {

    private static final long PROGRESS_INTERVAL_NANOS = 200_000_000;
    private static final int PROGRESS_MESSAGE_LIMIT = 1000;

    private enum State {
        WAITING,
        RUNNING,
        OVER
    }

    private final long id;
    private final int attempt;
    private final String function;
    private final @Nullable TraceContext trace;
    private final Message.@Nullable About about;
    /**
     * Owned by the thread that performs it. Null once it has begun: a hundred thousand sleeping calls need no second
     * copy.
     */
    private Message.@Nullable Call call;

    private final Calls calls;
    private final Reports reports;
    private final OutputRouter outputRouter;

    @GuardedBy("this")
    private State state = State.WAITING;

    @GuardedBy("this")
    private @Nullable Thread thread;

    @GuardedBy("this")
    private long nextProgress;

    /** Set when it begins, for a call with a time limit whose worker wants to know. */
    private volatile @Nullable Instant deadline;

    private volatile boolean cancelled;

    CallRun(Message.Call call, Calls calls, Reports reports, OutputRouter outputRouter) {
        this.id = call.id();
        this.attempt = call.attempt();
        this.function = call.function();
        this.about = call.about();
        // A worker without traces does not load the class.
        this.trace = call.traceparent() == null ? null : TraceContext.read(call.traceparent(), call.tracestate());
        this.call = call;
        this.calls = calls;
        this.reports = reports;
        this.outputRouter = outputRouter;
    }

    @Override
    long id() {
        return id;
    }

    @Override
    void perform() {
        Message.Call ordered = call;
        call = null;
        if (ordered != null && begin()) {
            CallOutput output = ordered.output() ? outputRouter.open(id) : null;
            Message.Report report = calls.execute(ordered, this);
            end();
            if (output != null) {
                output.close();
            }
            reports.write(report);
        }
    }

    @Override
    void fail(Throwable noThread) {
        reports.write(Calls.failed(id, 0, 0, noThread));
    }

    /** The current thread will run the call now. Returns false if it has been taken back. */
    synchronized boolean begin() {
        if (state != State.WAITING) {
            return false;
        }
        state = State.RUNNING;
        if (about != null && about.deadline() != null) {
            deadline = Instant.now().plus(about.deadline());
        }
        thread = Thread.currentThread();
        if (cancelled) {
            thread.interrupt();
        }
        return true;
    }

    /** The call is over: from now on no interrupt is sent, and a pending one is cleared. */
    void end() {
        synchronized (this) {
            state = State.OVER;
            thread = null;
        }
        Thread.interrupted();
    }

    @Override
    synchronized int takeBack() {
        if (state != State.WAITING) {
            return -1;
        }
        state = State.OVER;
        return 0;
    }

    @Override
    synchronized void cancel(int index) {
        cancelled = true;
        if (thread != null) {
            thread.interrupt();
        }
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public String function() {
        return function;
    }

    @Override
    public String job() {
        return about == null ? "" : about.job();
    }

    @Override
    public String pool() {
        return about == null ? "" : about.pool();
    }

    @Override
    public @Nullable Instant deadline() {
        return deadline;
    }

    @Override
    public @Nullable TraceContext traceContext() {
        return trace;
    }

    @Override
    public void progress(long done, long total, String message) {
        synchronized (this) {
            long now = System.nanoTime();
            if (state != State.RUNNING || (nextProgress != 0 && now - nextProgress < 0)) {
                return;
            }
            nextProgress = Math.max(1, now + PROGRESS_INTERVAL_NANOS);
        }
        String text =
                message.length() <= PROGRESS_MESSAGE_LIMIT ? message : message.substring(0, PROGRESS_MESSAGE_LIMIT);
        reports.write(new Message.Progress(id, Math.max(0, done), Math.max(0, total), text));
    }
}
