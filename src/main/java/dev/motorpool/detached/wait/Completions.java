package dev.motorpool.detached.wait;

import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.watch.Signal;
import dev.motorpool.detached.watch.Watch;
import dev.motorpool.detached.watch.Watchers;
import dev.motorpool.job.JobState;
import dev.motorpool.job.request.CallRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Jobs in the order in which they end, as from {@code concurrent.futures.as_completed}: ended ones first, then the
 * others. A job that is deleted meanwhile is omitted. For one thread; {@link #wake} may be called by any.
 */
public final class Completions implements AutoCloseable {

    private final JobLookup jobs;
    private final Watchers watchers;
    private final List<One> watches = new ArrayList<>();
    private final Signal signal = new Signal();

    /** Jobs that have ended or were deleted; may contain duplicates. */
    private final ConcurrentLinkedQueue<UUID> ended = new ConcurrentLinkedQueue<>();

    /** Jobs that were not returned yet. Owned by the reader. */
    private final Set<UUID> left;

    private Completions(JobLookup jobs, Watchers watchers, Set<UUID> asked) {
        this.jobs = jobs;
        this.watchers = watchers;
        this.left = asked;
    }

    public static Completions open(JobLookup jobs, Watchers watchers, List<UUID> asked, ManyWait.States states)
            throws CallRefusedException {
        Completions opened = new Completions(jobs, watchers, new LinkedHashSet<>(asked));
        boolean complete = false;
        try {
            opened.look(states);
            complete = true;
        } finally {
            if (!complete) {
                opened.close();
            }
        }
        return opened;
    }

    private void look(ManyWait.States states) throws CallRefusedException {
        List<UUID> ids = List.copyOf(left);
        for (UUID id : ids) {
            One one = new One(id);
            watches.add(one);
            watchers.add(id, one);
        }
        List<@Nullable JobState> known = states.of(ids);
        for (int i = 0; i < ids.size(); i++) {
            JobState state = known.get(i);
            if (state == null) {
                throw JobLookup.unknown(ids.get(i).toString());
            }
            if (state.isFinal()) {
                ended.add(ids.get(i));
            }
        }
    }

    /** Whether all jobs were returned. */
    public boolean done() {
        return left.isEmpty();
    }

    /** The next job that has ended, without its value; null if none ends in that time, or on {@link #wake}. */
    public @Nullable JobView next(Duration atMost) throws CallRefusedException, InterruptedException {
        JobView next = poll();
        if (next == null && !left.isEmpty()) {
            signal.await(atMost);
            next = poll();
        }
        return next;
    }

    private @Nullable JobView poll() throws CallRefusedException {
        for (UUID id = ended.poll(); id != null; id = ended.poll()) {
            if (left.remove(id)) {
                JobView job = jobs.find(id, false);
                if (job != null) {
                    return job;
                }
            }
        }
        return null;
    }

    /** Ends the wait in {@link #next}. */
    public void wake() {
        signal.give();
    }

    @Override
    public void close() {
        watches.forEach(one -> watchers.remove(one.id, one));
    }

    private final class One implements Watch {
        private final UUID id;

        One(UUID id) {
            this.id = id;
        }

        @Override
        public void ended(JobView job) {
            forgotten();
        }

        @Override
        public void forgotten() {
            ended.add(id);
            signal.give();
        }

        @Override
        public void stopping() {
            signal.give();
        }
    }
}
