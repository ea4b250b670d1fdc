package dev.motorpool.detached;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.job.CallRefusedException;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a job, from its present state to its final one. What comes faster than it is read is thinned out: only the
 * latest progress is kept, and the last of what was printed, with the number of bytes that were dropped; states all are,
 * without large values, which the reader loads. For one thread; {@link #wake} for any.
 */
public final class JobEvents implements Watch, AutoCloseable {

    private static final int MOST_STATES = 1_000;

    /** Values above it are not kept with the state. */
    private static final int LARGE_VALUE = 8 << 10;

    private final DetachedJobs jobs;
    private final Watchers watchers;
    private final UUID id;
    private final Signal signal = new Signal();

    @GuardedBy("this")
    private final ArrayDeque<JobEvent.State> states = new ArrayDeque<>();

    @GuardedBy("this")
    private @Nullable RawJson progress;

    private final ListenerBytes budget;

    @GuardedBy("this")
    private final PrintedText output;

    @GuardedBy("this")
    private boolean closed;

    /** Whether the final state has been given, or nothing more will come. Owned by who reads. */
    private boolean over;

    /** Whether the job has been forgotten. */
    @GuardedBy("this")
    private boolean gone;

    private JobEvents(DetachedJobs jobs, Watchers watchers, UUID id) {
        this.budget = watchers.listenerBytes();
        this.output = new PrintedText(budget);
        this.jobs = jobs;
        this.watchers = watchers;
        this.id = id;
    }

    static @Nullable JobEvents open(DetachedJobs jobs, Watchers watchers, UUID id) throws CallRefusedException {
        JobEvents opened = new JobEvents(jobs, watchers, id);
        opened.budget.opened();
        watchers.add(id, opened);
        JobView now = null;
        try {
            now = jobs.find(id, false);
        } finally {
            if (now == null) {
                opened.close();
            }
        }
        if (now == null) {
            return null;
        }
        opened.begin(now);
        return opened;
    }

    /** The present state comes first; one that was told meanwhile may be the same. */
    private synchronized void begin(JobView now) {
        states.removeIf(told -> told.job().job().state() == now.job().state()
                && told.job().job().attempt() <= now.job().attempt());
        states.addFirst(new JobEvent.State(now));
        if (now.job().state().isFinal()) {
            while (states.size() > 1) {
                states.removeLast();
            }
        }
        progress = now.job().progress();
    }

    /** The next event; null if there is none in that time, or it is woken. */
    public @Nullable JobEvent next(Duration atMost) throws InterruptedException {
        JobEvent next = poll();
        if (next == null && !over) {
            signal.await(atMost);
            next = poll();
        }
        return next instanceof JobEvent.State state ? whole(state) : next;
    }

    /** What is told of a state knows the latest attempt only. */
    private JobEvent whole(JobEvent.State state) {
        StoredJob told = state.job().job();
        if (told.attempt() > state.job().attempts().size()) {
            try {
                JobView now = jobs.find(id, false);
                if (now != null
                        && now.job().state() == told.state()
                        && now.job().attempt() == told.attempt()) {
                    return new JobEvent.State(now);
                }
            } catch (CallRefusedException outOfReach) {
                // As it was told.
            }
        }
        return state;
    }

    private synchronized @Nullable JobEvent poll() {
        JobEvent.State first = states.peek();
        boolean last = first != null && first.job().job().state().isFinal();
        if (first != null && !last) {
            return states.poll();
        }
        if (!output.isEmpty()) {
            return output.take();
        }
        RawJson told = progress;
        if (told != null) {
            progress = null;
            return new JobEvent.Progress(told);
        }
        if (last || gone) {
            over = true;
        }
        return states.poll();
    }

    /** Whether the final state has been given, or the job has been forgotten. */
    public boolean ended() {
        return over;
    }

    /** Lets who waits look around. */
    public void wake() {
        signal.give();
    }

    @Override
    public void ended(JobView job) {
        happened(new JobEvent.State(withoutLargeValue(job)));
    }

    private static JobView withoutLargeValue(JobView job) {
        RawJson value = job.value();
        return value == null || value.length() <= LARGE_VALUE
                ? job
                : new JobView(job.job(), job.attempts(), null, job.place());
    }

    @Override
    public void happened(JobEvent event) {
        synchronized (this) {
            if (closed) {
                return;
            }
            switch (event) {
                case JobEvent.State state -> {
                    if (states.size() < MOST_STATES || state.job().job().state().isFinal()) {
                        states.add(state);
                    }
                }
                case JobEvent.Progress(RawJson told) -> progress = told;
                case JobEvent.Output printed -> output.add(printed);
            }
        }
        signal.give();
    }

    @Override
    public void forgotten() {
        synchronized (this) {
            gone = true;
        }
        signal.give();
    }

    @Override
    public void stopping() {
        signal.give();
    }

    @Override
    public void close() {
        watchers.remove(id, this);
        synchronized (this) {
            if (!closed) {
                closed = true;
                output.clear();
                budget.closed();
            }
        }
    }
}
