package dev.motorpool.detached.wait;

import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.watch.Watch;
import dev.motorpool.detached.watch.Watchers;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.waited.Awaited;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A wait for the end of a job. It also ends after its time, when the job is deleted, when it is cancelled, and when the
 * service stops. The job continues in any case.
 */
public final class JobWait implements Awaited<@Nullable JobView>, Watch, AutoCloseable {

    private final JobLookup jobs;
    private final Watchers watchers;
    private final UUID id;
    private final Duration wait;
    private final boolean withValue;

    /** The known state of the job; replaced by its end. */
    private volatile @Nullable JobView known;

    private final CompletableFuture<@Nullable JobView> over = new CompletableFuture<>();

    private JobWait(JobLookup jobs, Watchers watchers, UUID id, Duration wait, boolean withValue) {
        this.jobs = jobs;
        this.watchers = watchers;
        this.id = id;
        this.wait = wait;
        this.withValue = withValue;
    }

    public static JobWait open(JobLookup jobs, Watchers watchers, UUID id, Duration wait, boolean withValue)
            throws CallRefusedException {
        JobWait opened = new JobWait(jobs, watchers, id, wait, withValue);
        if (!wait.isZero()) {
            watchers.add(id, opened);
        }
        try {
            opened.known = opened.look();
        } catch (CallRefusedException refused) {
            opened.close();
            throw refused;
        }
        return opened;
    }

    /** Omits the place during the wait, because finding it among many jobs takes long. */
    private @Nullable JobView look() throws CallRefusedException {
        JobView now = wait.isZero() ? null : jobs.glance(id);
        return now == null || now.job().state().isFinal() ? jobs.find(id, withValue) : now;
    }

    /** The job, final or as it is when the wait is over; null if there is none. */
    @Override
    @SuppressWarnings("NullAway") // the result may be null
    public @Nullable JobView await() throws InterruptedException {
        JobView first = known;
        if (first == null || first.job().state().isFinal() || wait.isZero()) {
            return first;
        }
        JobView ended = null;
        try {
            ended = over.get(wait.toNanos(), TimeUnit.NANOSECONDS);
            if (ended != null
                    && ended.job().attempt() == 1
                    && ended.job().spec().map() == null) {
                return ended;
            }
        } catch (TimeoutException notYet) {
            // Its current state.
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
        try {
            return jobs.find(id, withValue);
        } catch (CallRefusedException outOfReach) {
            return ended == null ? first : ended;
        }
    }

    /** Ends the wait. */
    @Override
    public void cancel() {
        over.complete(null);
    }

    @Override
    public void ended(JobView job) {
        over.complete(job);
    }

    @Override
    public void forgotten() {
        over.complete(null);
    }

    @Override
    public void stopping() {
        over.complete(null);
    }

    @Override
    public void close() {
        watchers.remove(id, this);
    }
}
