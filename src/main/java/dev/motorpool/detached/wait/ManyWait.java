package dev.motorpool.detached.wait;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.ReturnWhen;
import dev.motorpool.detached.watch.Watch;
import dev.motorpool.detached.watch.Watchers;
import dev.motorpool.job.JobState;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.waited.Awaited;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A wait for several jobs, as in {@code concurrent.futures.wait}. A job that is deleted meanwhile counts as done. */
public final class ManyWait implements Awaited<ManyWait.Result>, AutoCloseable {

    /** Both in the requested order. */
    public record Result(List<UUID> done, List<UUID> notDone) {}

    private final Watchers watchers;
    private final Set<UUID> asked;
    private final ReturnWhen when;
    private final Duration timeout;
    private final CountDownLatch over = new CountDownLatch(1);

    @GuardedBy("this")
    private final Set<UUID> open;

    private final List<One> watches = new ArrayList<>();

    private ManyWait(Watchers watchers, List<UUID> asked, ReturnWhen when, Duration timeout) {
        this.watchers = watchers;
        this.asked = new LinkedHashSet<>(asked);
        this.when = when;
        this.timeout = timeout;
        this.open = new LinkedHashSet<>(asked);
    }

    /** Finds the states of jobs, in the requested order; null where there is none. */
    public interface States {
        List<@Nullable JobState> of(List<UUID> ids) throws CallRefusedException;
    }

    public static ManyWait open(Watchers watchers, List<UUID> asked, ReturnWhen when, Duration timeout, States states)
            throws CallRefusedException {
        ManyWait opened = new ManyWait(watchers, asked, when, timeout);
        boolean complete = false;
        try {
            opened.watch();
            opened.look(states);
            complete = true;
        } finally {
            if (!complete) {
                opened.close();
            }
        }
        return opened;
    }

    private void watch() {
        for (UUID id : asked) {
            One one = new One(id);
            watches.add(one);
            watchers.add(id, one);
        }
    }

    private void look(States states) throws CallRefusedException {
        List<UUID> ids = List.copyOf(asked);
        List<@Nullable JobState> known = states.of(ids);
        int unknown = known.indexOf(null);
        if (unknown >= 0) {
            throw JobLookup.unknown(ids.get(unknown).toString());
        }
        for (int i = 0; i < ids.size(); i++) {
            JobState state = known.get(i);
            if (state != null && state.isFinal()) {
                done(ids.get(i), state);
            }
        }
    }

    private void done(UUID id, @Nullable JobState state) {
        boolean enough;
        synchronized (this) {
            open.remove(id);
            enough = open.isEmpty()
                    || when == ReturnWhen.FIRST_COMPLETED
                    || (when == ReturnWhen.FIRST_EXCEPTION && (state == JobState.FAILED || state == JobState.EXPIRED));
        }
        if (enough) {
            over.countDown();
        }
    }

    @Override
    public Result await() throws InterruptedException {
        if (!timeout.isZero()) {
            boolean _ = over.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
        }
        List<UUID> done = new ArrayList<>();
        List<UUID> notDone = new ArrayList<>();
        synchronized (this) {
            asked.forEach(id -> (open.contains(id) ? notDone : done).add(id));
        }
        return new Result(done, notDone);
    }

    @Override
    public void cancel() {
        over.countDown();
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
            done(id, job.job().state());
        }

        @Override
        public void forgotten() {
            done(id, null);
        }

        @Override
        public void stopping() {
            over.countDown();
        }
    }
}
