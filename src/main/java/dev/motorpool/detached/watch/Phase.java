package dev.motorpool.detached.watch;

import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.LifePosition;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A state of a job's life and the events in it, before the next one. A phase that no reader needs becomes unreachable. */
final class Phase {
    final LifePosition position;

    /** Null before the first state. */
    final @Nullable JobView job;

    /** Written under the monitor of {@link LifeEvents}. */
    volatile @Nullable RawJson progress;

    /** Written under the monitor of {@link LifeEvents}. */
    volatile @Nullable Phase next;

    /**
     * The job with everything that a listener is sent, once one has read it. Guarded by this phase, which only
     * readers lock.
     */
    private @Nullable JobView whole;

    Phase(LifePosition position, @Nullable JobView job) {
        this.position = position;
        this.job = job;
    }

    boolean isRunning() {
        return job != null && job.job().state() == JobState.RUNNING;
    }

    boolean hasProgressOf(JobView now) {
        return progress != null
                || now.job().progress() == null
                || now.job().state().isFinal();
    }

    synchronized JobView whole(JobView told, UnaryOperator<JobView> reading) {
        JobView known = whole;
        if (known == null) {
            known = reading.apply(told);
            whole = known.equals(told) ? null : known; // if the read failed, the next reader reads
        }
        return known;
    }
}
