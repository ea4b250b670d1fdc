package dev.motorpool.detached.wait;

import dev.motorpool.detached.model.JobEvent;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.LifePosition;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.watch.LifeEvents;
import dev.motorpool.detached.watch.Signal;
import dev.motorpool.detached.watch.Watchers;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobState;
import dev.motorpool.job.request.CallRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The events of a job, from its present state to its final one, in order; the reader loads large values. For one
 * thread; {@link #wake} may be called by any.
 */
public final class JobEvents implements AutoCloseable {

    private final JobLookup jobs;
    private final Watchers watchers;
    private final UUID id;
    private final Signal signal = new Signal();
    private final LifeEvents.Reader reader;

    /** The first event, until it was returned. */
    private JobEvent.@Nullable State first;

    private boolean closed;

    private JobEvents(JobLookup jobs, Watchers watchers, UUID id) {
        this.jobs = jobs;
        this.watchers = watchers;
        this.id = id;
        this.reader = watchers.listen(id).new Reader(signal);
    }

    public static @Nullable JobEvents open(JobLookup jobs, Watchers watchers, UUID id) throws CallRefusedException {
        JobEvents opened = new JobEvents(jobs, watchers, id);
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
        opened.first = opened.reader.begin(now);
        return opened;
    }

    /** The next event; null if there is none in that time, or on {@link #wake}. */
    public @Nullable JobEvent next(Duration atMost) throws InterruptedException {
        JobEvent next = first;
        first = null;
        if (next == null) {
            next = reader.look(this::whole);
        }
        if (next == null && !reader.isOver() && atMost.isPositive()) {
            next = await(atMost.toNanos());
        }
        return next;
    }

    /** Events within the pause wake no reader, so that many listeners to a job that prints much cost little. */
    private @Nullable JobEvent await(long nanos) throws InterruptedException {
        long begin = System.nanoTime();
        long pause = reader.pause();
        if (pause > 0) {
            signal.await(Duration.ofNanos(Math.min(pause, nanos)));
        }
        JobEvent next = reader.take(this::whole);
        long left = nanos - (System.nanoTime() - begin);
        if (next != null || reader.isOver() || left <= 0) {
            return next;
        }
        signal.await(Duration.ofNanos(left));
        return reader.take(this::whole);
    }

    /** The job with all its attempts, and its place if it still waits: a change holds its own attempt only. */
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
            return new JobView(
                    job,
                    attempts(job, now),
                    told.value(),
                    same ? now.place() : told.place(),
                    same ? now.waiting() : jobs.waiting(job));
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

    /** Whether the final state was returned, or the job was deleted. */
    public boolean ended() {
        return first == null && reader.isOver();
    }

    /** Ends the wait in {@link #next}. */
    public void wake() {
        signal.give();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            reader.close();
            watchers.leave(id);
        }
    }
}
