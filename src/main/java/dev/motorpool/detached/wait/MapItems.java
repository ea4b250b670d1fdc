package dev.motorpool.detached.wait;

import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.watch.Signal;
import dev.motorpool.detached.watch.Watch;
import dev.motorpool.detached.watch.Watchers;
import dev.motorpool.job.request.CallRefusedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Results of the items of a map, in the order of the items or of their completion: existing ones, then others as they
 * arrive. Reads a page of rows at a time, at the pace of the caller. For one thread; {@link #wake} may be called by
 * any.
 */
public final class MapItems implements Watch, AutoCloseable {

    private final JobLookup jobs;
    private final Watchers watchers;
    private final UUID id;
    private final boolean byCompletion;
    private final Signal signal = new Signal();
    private final ArrayDeque<MapResults> page = new ArrayDeque<>();

    /** The place of the next result. Owned by the reader, as are the following fields. */
    private long next;

    /** Whether the job had ended when the page was read, so that no earlier results can follow. */
    private boolean lastPage;

    private @Nullable StoredJob end;
    private boolean over;

    public MapItems(JobLookup jobs, Watchers watchers, UUID id, boolean byCompletion, long after) {
        this.jobs = jobs;
        this.watchers = watchers;
        this.id = id;
        this.byCompletion = byCompletion;
        this.next = after + 1;
        watchers.add(id, this);
    }

    /** The next results; null if there are none in that time, or on {@link #wake}. */
    public @Nullable MapResults next(Duration atMost) throws CallRefusedException, InterruptedException {
        MapResults row = poll();
        if (row == null && !over) {
            signal.await(atMost);
            row = poll();
        }
        return row;
    }

    private @Nullable MapResults poll() throws CallRefusedException {
        if (over) {
            return null;
        }
        MapResults row = page.poll();
        return row == null ? read() : take(row);
    }

    private @Nullable MapResults read() throws CallRefusedException {
        // The state is read before the rows: if it is final, the rows are complete.
        JobView job = jobs.find(id, false);
        if (job == null) {
            over = true;
            return null;
        }
        page.addAll(
                byCompletion ? jobs.completed(id, next) : jobs.results(id, (int) Math.min(Integer.MAX_VALUE, next)));
        lastPage = job.job().state().isFinal();
        MapResults row = page.poll();
        if (row == null) {
            over = lastPage;
            end = lastPage ? job.job() : null;
            return null;
        }
        return take(row);
    }

    /** The part of the row that was not returned yet; null if earlier results may follow. */
    private @Nullable MapResults take(MapResults row) {
        long first = byCompletion ? row.firstSeq() : row.firstIndex();
        if (!byCompletion && !lastPage && first > next) {
            page.clear();
            return null;
        }
        int known = (int) Math.max(0, next - first);
        next = first + row.count();
        if (known == 0) {
            return row;
        }
        return MapResults.of(
                row.firstIndex() + known,
                row.firstSeq() + known,
                row.failed(),
                row.results().part(known, row.count()));
    }

    /** Whether all results were returned. */
    public boolean ended() {
        return over;
    }

    /** The job in its final state, once all results were returned; null if it was deleted. */
    public @Nullable StoredJob end() {
        return end;
    }

    /** Ends the wait in {@link #next}. */
    public void wake() {
        signal.give();
    }

    @Override
    public void ended(JobView job) {
        signal.give();
    }

    @Override
    public void results() {
        signal.give();
    }

    @Override
    public void forgotten() {
        signal.give();
    }

    @Override
    public void stopping() {
        signal.give();
    }

    @Override
    public void close() {
        watchers.remove(id, this);
    }
}
