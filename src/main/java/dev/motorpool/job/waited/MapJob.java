package dev.motorpool.job.waited;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.Job;
import dev.motorpool.job.JobError;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.ItemsCall;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Failure;
import dev.motorpool.pool.Lane;
import dev.motorpool.pool.LaneResults;
import dev.motorpool.pool.RefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A map whose client waits for it. All items go to the lane at once. Values come back in rows of any length and stay in
 * them until they are sent. The map ends with its last result, with the first failure that ends it, with the lane, or
 * by {@link #cancel}, whichever is first. Later results are dropped.
 */
public final class MapJob implements Awaited<MapResult>, AutoCloseable {

    /** Bytes of a row of values or a failure besides its text. */
    private static final long OVERHEAD = 128;

    private final UUID id;
    private final ItemsCall call;
    private final int count;
    private final Clock clock;
    private final Instant createdAt;
    private final HeldBytes budget;
    private final CountDownLatch over = new CountDownLatch(1);

    @GuardedBy("this")
    private final TreeMap<Integer, JsonSlices> values = new TreeMap<>();

    @GuardedBy("this")
    private final TreeMap<Integer, RawJson> failures = new TreeMap<>();

    @GuardedBy("this")
    private int done;

    /** Taken from the budget. */
    @GuardedBy("this")
    private long held;

    @GuardedBy("this")
    private @Nullable Instant startedAt;

    @GuardedBy("this")
    private @Nullable Instant finishedAt;

    @GuardedBy("this")
    private @Nullable JobError error;

    /** Set before the first item is added. */
    private volatile @Nullable Lane lane;

    private MapJob(UUID id, ItemsCall call, Clock clock, HeldBytes budget) {
        this.id = id;
        this.call = call.withoutItems();
        this.count = call.shape().count();
        this.clock = clock;
        this.createdAt = clock.instant();
        this.budget = budget;
    }

    /** Starts a map. The job itself does not hold the items, so that their memory is free before its end. */
    static MapJob start(UUID id, ItemsCall call, LaneOpener pool, Clock clock, HeldBytes budget)
            throws RefusedException {
        MapJob job = new MapJob(id, call, clock, budget);
        Lane lane = pool.lane(call.request(id), job.new Results());
        job.lane = lane;
        if (job.count == 0) {
            job.end(null);
        } else {
            lane.add(JsonSlices.elements(call.items(), job.count));
        }
        lane.finish();
        return job;
    }

    @Override
    public MapResult await() throws InterruptedException {
        over.await();
        return result();
    }

    @Override
    public void cancel() {
        end(OutcomeMapper.error(id, call.spec(), new Failure.Cancelled()));
    }

    /** Releases the memory of the values, which must not be used any more. A map that has not ended is cancelled. */
    @Override
    public void close() {
        cancel();
        synchronized (this) {
            values.clear();
            failures.clear();
            budget.giveBack(held);
            held = 0;
        }
    }

    /** Ends the map, unless it has ended. */
    private void end(@Nullable JobError why) {
        synchronized (this) {
            if (finishedAt != null) {
                return;
            }
            finishedAt = clock.instant();
            error = why;
        }
        over.countDown();
        Lane used = lane;
        if (why != null && used != null) {
            used.cancel();
        }
    }

    private synchronized MapResult result() {
        Instant finished = finishedAt == null ? clock.instant() : finishedAt;
        Instant told = startedAt;
        Instant started = told == null || told.isAfter(finished) ? count == 0 ? createdAt : finished : told;
        Job job = new Job(
                id,
                call.spec(),
                null,
                error,
                new Attempt(1, started, finished, null, 0, null),
                createdAt,
                finished,
                Duration.between(createdAt, started).toNanos(),
                Duration.between(started, finished).toNanos());
        return new MapResult(job, call.shape(), values, failures);
    }

    /** Whether there is room for this many more bytes; if not, the map ends. */
    private boolean take(int index, long bytes) {
        JobError full;
        synchronized (this) {
            if (finishedAt != null) {
                return false;
            }
            full = budget.take(bytes);
            if (full == null) {
                held += bytes;
                return true;
            }
            if (held + bytes > budget.limit()) {
                full = JobError.of(
                                ProblemType.VALUE_TOO_LARGE,
                                "The values of this map take more than " + budget.limit()
                                        + " bytes together; ask for fewer items, or use imap.")
                        .with("index", index);
            }
        }
        end(full);
        return false;
    }

    private void more(int results) {
        boolean last;
        synchronized (this) {
            done += results;
            last = done == count;
        }
        if (last) {
            end(null);
        }
    }

    private void failed(int index, Failure failure) {
        if (endsMap(failure)) {
            end(OutcomeMapper.error(id, call.spec(), failure));
        } else if (!call.shape().collect()) {
            end(OutcomeMapper.error(id, call.spec(), failure).with("index", index));
        } else {
            RawJson text = RawJson.of(
                    OutcomeMapper.error(id, call.spec(), failure).toJson().toByteArray());
            if (take(index, OVERHEAD + text.length())) {
                synchronized (this) {
                    failures.put(index, text);
                }
                more(1);
            }
        }
    }

    /** Whether the failure concerns more than one item. */
    private static boolean endsMap(Failure failure) {
        return switch (failure) {
            case Failure.Cancelled c -> true;
            case Failure.Expired e -> true;
            case Failure.PoolBroken b -> true;
            case Failure.Unavailable u -> true;
            case Failure.FunctionMissing f -> true;
            case Failure.Raised r -> false;
            case Failure.ValueNotJson v -> false;
            case Failure.ValueTooLarge v -> false;
            case Failure.TimedOut t -> false;
            case Failure.WorkerLost w -> false;
        };
    }

    /** Listens to the pool. */
    private final class Results implements LaneResults {

        @Override
        public void started(Instant at) {
            synchronized (MapJob.this) {
                startedAt = at;
            }
        }

        @Override
        public void succeeded(long index, JsonSlices row) {
            int first = (int) index;
            if (take(first, OVERHEAD + JsonSlices.BYTES_OF_BOUNDS * row.count() + row.totalLength())) {
                synchronized (MapJob.this) {
                    values.put(first, row);
                }
                more(row.count());
            }
        }

        @Override
        public void failed(long index, Failure failure) {
            MapJob.this.failed((int) index, failure);
        }

        @Override
        public void ended(Failure failure) {
            end(OutcomeMapper.error(id, call.spec(), failure));
        }
    }
}
