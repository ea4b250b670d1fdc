package dev.motorpool.detached.wait;

import dev.motorpool.detached.commit.StoreCalls;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.Waiting;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobState;
import dev.motorpool.job.request.CallRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds jobs by their ids, for clients. Thread-safe. */
public final class JobLookup {

    private static final long PAGE_BYTES = 1 << 20;
    private static final int PAGE_ROWS = 256;

    private final StoreCalls store;
    private final JobViews views;

    public JobLookup(StoreCalls store, JobViews views) {
        this.store = store;
        this.views = views;
    }

    /** The refusal of an id that no job has. */
    public static CallRefusedException unknown(String id) {
        return new CallRefusedException(JobError.unknownJob(id));
    }

    /** The current state of the job; null if there is none. */
    public @Nullable JobView find(UUID id, boolean withValue) throws CallRefusedException {
        return store.read(tables -> {
            StoredJob stored = tables.find(id);
            return stored == null ? null : views.of(tables, stored, withValue);
        });
    }

    /** The job without value, attempts and place; null if there is none. */
    @Nullable
    JobView glance(UUID id) throws CallRefusedException {
        StoredJob stored = store.read(tables -> tables.find(id));
        return stored == null ? null : views.brief(List.of(stored)).getFirst();
    }

    /** Why the job waits; null unless it is scheduled or queued. */
    @Nullable
    Waiting waiting(StoredJob job) {
        return views.waiting(job);
    }

    /** The states of these jobs, in order; null for each that does not exist. */
    public List<@Nullable JobState> states(List<UUID> asked) throws CallRefusedException {
        return store.read(tables -> {
            List<@Nullable JobState> states = new ArrayList<>();
            for (UUID id : asked) {
                states.add(tables.state(id));
            }
            return states;
        });
    }

    /** A page of results of a map by index, from the row with this index on; empty at the end. */
    public List<MapResults> results(UUID id, int fromIndex) throws CallRefusedException {
        return store.read(tables -> tables.resultsByIndex(id, fromIndex, PAGE_ROWS, PAGE_BYTES));
    }

    /** As {@link #results}, by completion. */
    List<MapResults> completed(UUID id, long fromSeq) throws CallRefusedException {
        return store.read(tables -> tables.resultsBySeq(id, fromSeq, PAGE_ROWS, PAGE_BYTES));
    }
}
