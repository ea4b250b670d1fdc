package dev.motorpool.detached;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a job, from its present state to its final one, in the order of its life; large values are left to the
 * reader to load. For one thread; {@link #wake} for any.
 */
public final class JobEvents implements Watch, AutoCloseable {

    /** Values above it are not kept with the state. */
    private static final int LARGE_VALUE = 8 << 10;

    private final JobLookup jobs;
    private final Watchers watchers;
    private final UUID id;
    private final Signal signal = new Signal();

    @GuardedBy("this")
    private final LifeEvents events;

    @GuardedBy("this")
    private boolean closed;

    /** Whether the final state has been given, or nothing more will come. Owned by who reads. */
    private boolean over;

    /** Whether the job has been forgotten. */
    @GuardedBy("this")
    private boolean gone;

    private JobEvents(JobLookup jobs, Watchers watchers, UUID id) {
        this.events = new LifeEvents(watchers.listenerBytes());
        this.jobs = jobs;
        this.watchers = watchers;
        this.id = id;
    }

    static @Nullable JobEvents open(JobLookup jobs, Watchers watchers, UUID id) throws CallRefusedException {
        JobEvents opened = new JobEvents(jobs, watchers, id);
        watchers.listenerBytes().opened();
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
        synchronized (opened) {
            opened.events.begin(now);
        }
        return opened;
    }

    /** The next event; null if there is none in that time, or it is woken. */
    public @Nullable JobEvent next(Duration atMost) throws InterruptedException {
        JobEvent next = poll();
        if (next == null && !over) {
            signal.await(atMost);
            next = poll();
        }
        return next instanceof JobEvent.State state ? new JobEvent.State(whole(state.job())) : next;
    }

    private synchronized @Nullable JobEvent poll() {
        JobEvent next = events.take();
        over = events.isTaken() || (next == null && gone);
        return next;
    }

    /** The job with all its attempts, and its place where it still waits there: a change knows its own attempt only. */
    private JobView whole(JobView told) {
        StoredJob job = told.job();
        boolean waits = told.place() == null && (job.state() == JobState.QUEUED || job.state() == JobState.SCHEDULED);
        if (job.attempt() <= told.attempts().size() && !waits) {
            return told;
        }
        try {
            JobView now = jobs.find(id, false);
            if (now == null) {
                return told;
            }
            boolean same = LifePosition.of(now.job()).equals(LifePosition.of(job));
            return new JobView(job, attempts(job, now), told.value(), same ? now.place() : told.place());
        } catch (CallRefusedException outOfReach) {
            return told;
        }
    }

    private static List<Attempt> attempts(StoredJob job, JobView now) {
        List<Attempt> attempts = new ArrayList<>(now.attempts());
        Attempt latest = job.latest();
        attempts.removeIf(attempt -> latest == null || attempt.number() >= latest.number());
        if (latest != null) {
            attempts.add(latest);
        }
        return attempts;
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
                case JobEvent.State(JobView job) -> events.add(job);
                case JobEvent.Progress progress -> events.add(progress);
                case JobEvent.Output output -> events.add(output);
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
                events.clear();
                watchers.listenerBytes().closed();
            }
        }
    }
}
