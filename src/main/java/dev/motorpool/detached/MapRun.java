package dev.motorpool.detached;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Failure;
import dev.motorpool.pool.Lane;
import dev.motorpool.pool.LaneRequest;
import dev.motorpool.pool.LaneResults;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An attempt at a map. Its items go to a lane of the pool, those that have not succeeded before; what they return is
 * gathered for a moment and then committed, so that it is in the store long before the map ends, in rows as few as that
 * allows. Nothing is kept here once it is committed. One set of results is under way to the store at a time; the end comes
 * after the last one.
 */
final class MapRun extends Run implements LaneResults {

    /** Hears of it. Never called under this object's monitor. */
    interface Owner {

        /** Whether it may have its items in memory now; else {@link MapRun#open} is called later. */
        boolean mayOpen(MapRun run);

        /** It needs no items in memory any more. */
        void left(MapRun run);

        /** Indexes of items that have succeeded before, and the next place in completion. */
        MapDone done(MapRun run) throws StoreException;

        void started(MapRun run);

        /** Results for the store; answered by {@link MapRun#committed}. */
        void results(MapRun run, List<MapResults> rows);

        /** Calls {@link MapRun#flush} in a moment. */
        void flushLater(MapRun run, long nanos);

        void told(Run run, JobEvent event);

        /** All that it has got is in the store, and no more will come. */
        void ended(MapRun run, MapEnd end);
    }

    /** Results are gathered for so long. */
    private static final long GATHER_NANOS = 50_000_000;

    private static final int MANY_RESULTS = 4_096;
    private static final long MANY_BYTES = 1 << 20;
    /** With so much on its way to the store nothing more is started. */
    private static final long MOST_BYTES = 16L << 20;

    private final RawJson items;
    private final NewJob.MapShape shape;
    private final Clock clock;
    private final Owner owner;

    /** Written by {@link #begin}, before anything else. */
    private volatile @Nullable PoolPort pool;

    /** Which items the lane has. Written before the lane is opened. */
    private volatile MapDone.@Nullable Gaps gaps;

    @GuardedBy("this")
    private @Nullable Lane lane;

    @GuardedBy("this")
    private MapRows gathered = new MapRows();

    @GuardedBy("this")
    private long nextSeq;

    /** Items without a result. */
    @GuardedBy("this")
    private int left;

    @GuardedBy("this")
    private boolean committing;

    @GuardedBy("this")
    private long flushedNanos;

    @GuardedBy("this")
    private boolean flushPlanned;

    /** Whether the lane starts nothing for now, because of what is on its way to the store, or because it was held. */
    @GuardedBy("this")
    private boolean tooMuch;

    @GuardedBy("this")
    private boolean held;

    @GuardedBy("this")
    private @Nullable Instant startedAt;

    @GuardedBy("this")
    private final TreeMap<Integer, Failure> failures = new TreeMap<>();

    /** How it ends; what comes afterwards is dropped. */
    @GuardedBy("this")
    private @Nullable MapEnd end;

    @GuardedBy("this")
    private boolean endTold;

    MapRun(WaitingJob waiting, NewJob.MapShape shape, Clock clock, Owner owner) {
        super(waiting);
        this.items = waiting.args();
        this.shape = shape;
        this.clock = clock;
        this.owner = owner;
        this.left = shape.count();
    }

    NewJob.MapShape shape() {
        return shape;
    }

    @Override
    void begin(PoolPort its) {
        this.pool = its;
        if (owner.mayOpen(this)) {
            open();
        }
    }

    /** Its turn among the maps of its pool has come. */
    void open() {
        PoolPort its = pool;
        if (its == null) {
            return;
        }
        if (number == 1 && job.interruptions() == 0) {
            open(its, MapDone.NOTHING);
        } else {
            Thread.ofVirtual().name("motorpool-map-" + job.id()).start(() -> resume(its));
        }
    }

    private void resume(PoolPort pool) {
        MapDone done = null;
        while (done == null && !abandoned() && !hasEnd()) {
            try {
                done = owner.done(this);
            } catch (StoreException e) {
                try {
                    Thread.sleep(500);
                } catch (InterruptedException stop) {
                    return;
                }
            }
        }
        if (done != null) {
            open(pool, done);
        }
    }

    @Override
    synchronized boolean unknownToPool() {
        return lane == null && startedAt == null && end == null;
    }

    private synchronized boolean hasEnd() {
        return end != null;
    }

    @Override
    void left() {
        owner.left(this);
    }

    private void open(PoolPort pool, MapDone done) {
        if (expired(clock.instant())) {
            ended(new Failure.Expired());
            return;
        }
        MapDone.Gaps missing = done.gaps(JsonSlices.elements(items));
        gaps = missing;
        synchronized (this) {
            if (end != null) {
                return;
            }
            nextSeq = done.nextSeq();
            left = missing.count();
        }
        if (missing.count() == 0) {
            if (begun(clock.instant())) {
                endIfDone();
                flush();
            }
            return;
        }
        Lane opened = pool.lane(
                new LaneRequest(
                        job.id(),
                        number,
                        job.function(),
                        job.verb().startsWith("starmap"),
                        shape.chunksize(),
                        job.timeout(),
                        left(clock.instant()),
                        true,
                        job.priority(),
                        true),
                this);
        boolean unwanted;
        synchronized (this) {
            lane = opened;
            unwanted = end != null;
            if (held) {
                opened.limit(0);
            }
        }
        if (unwanted || abandoned()) {
            opened.cancel();
            return;
        }
        missing.pieces().forEach(opened::add);
        opened.finish();
    }

    @Override
    boolean withdraw(PoolPort pool) {
        Lane opened;
        synchronized (this) {
            opened = lane;
            if (startedAt != null || end != null) {
                return false;
            }
            end = MapEnd.WITHDRAWN;
        }
        if (opened != null) {
            opened.cancel();
        }
        return true;
    }

    @Override
    synchronized List<MapResults> unwritten() {
        return gathered.toResults(nextSeq);
    }

    @Override
    void abandon() {
        super.abandon();
        cancelLane();
    }

    private void cancelLane() {
        Lane opened;
        synchronized (this) {
            opened = lane;
            if (end == null) {
                end = MapEnd.WITHDRAWN;
            }
        }
        if (opened != null) {
            opened.cancel();
        }
    }

    @Override
    void hold(boolean hold) {
        Lane opened;
        long limit;
        synchronized (this) {
            held = hold;
            opened = lane;
            limit = held || tooMuch ? 0 : Long.MAX_VALUE;
        }
        if (opened != null) {
            opened.limit(limit);
        }
    }

    @Override
    synchronized RawJson progress() {
        JsonWriter json = new JsonWriter().beginObject();
        json.name("done").value(shape.count() - left).name("total").value(shape.count());
        return json.name("message").nullValue().endObject().toRawJson();
    }

    @Override
    public void started(Instant at) {
        boolean _ = begun(at);
    }

    /** It has begun, unless it had been taken back by then: the job waits in the store again. */
    private boolean begun(Instant at) {
        synchronized (this) {
            if (startedAt != null || end != null) {
                return false;
            }
            startedAt = at;
        }
        if (start(at, null, 0)) {
            owner.started(this);
        }
        return true;
    }

    @Override
    public void succeeded(long index, JsonSlices values) {
        MapDone.Gaps missing = gaps;
        if (missing == null) {
            return;
        }
        Lane full = null;
        synchronized (this) {
            if (end != null) {
                return;
            }
            MapRows rows = gathered;
            missing.split(index, values, rows::add);
            left -= values.count();
            if (!tooMuch && gathered.bytes() > MOST_BYTES) {
                tooMuch = true;
                full = lane;
            }
        }
        if (full != null) {
            full.limit(0);
        }
        endIfDone();
        flush();
    }

    @Override
    public void failed(long index, Failure failure) {
        MapDone.Gaps missing = gaps;
        if (missing == null) {
            return;
        }
        synchronized (this) {
            if (end != null) {
                return;
            }
            failures.put(missing.itemOf(index), failure);
            left--;
            if (!shape.collect()) {
                end = new MapEnd.Failed(missing.itemOf(index), failure);
            }
        }
        if (!shape.collect()) {
            cancelLane();
        }
        endIfDone();
        flush();
    }

    @Override
    public void ended(Failure failure) {
        synchronized (this) {
            if (end != null) {
                return;
            }
            end = new MapEnd.Ended(failure);
        }
        flush();
    }

    @Override
    public void output(String text) {
        printed(text);
        owner.told(this, new JobEvent.Output(text));
    }

    private synchronized void endIfDone() {
        if (left == 0 && end == null) {
            end = failures.isEmpty() ? MapEnd.SUCCEEDED : new MapEnd.Collected(new TreeMap<>(failures));
        }
        if (left == 0 || end != null) {
            flushedNanos = 0;
        }
    }

    /** Sends what has been gathered to the store, if it is time for that; after the last of it, tells the end. */
    void flush() {
        List<MapResults> rows = List.of();
        MapEnd over = null;
        long wait = 0;
        synchronized (this) {
            if (committing || endTold) {
                return;
            }
            boolean last = end != null;
            long since = System.nanoTime() - flushedNanos;
            if (gathered.isEmpty()) {
                if (last) {
                    endTold = true;
                    over = end;
                }
            } else if (last
                    || flushedNanos == 0
                    || since >= GATHER_NANOS
                    || gathered.count() >= MANY_RESULTS
                    || gathered.bytes() >= MANY_BYTES) {
                rows = gathered.toResults(nextSeq);
                nextSeq += gathered.count();
                gathered = new MapRows();
                committing = true;
            } else if (!flushPlanned) {
                flushPlanned = true;
                wait = GATHER_NANOS - since;
            }
        }
        if (!rows.isEmpty()) {
            owner.results(this, rows);
        } else if (over != null) {
            owner.ended(this, over);
        } else if (wait > 0) {
            owner.flushLater(this, wait);
        }
    }

    /** The time that {@link Owner#flushLater} was asked for is over. */
    void flushNow() {
        synchronized (this) {
            flushPlanned = false;
        }
        flush();
    }

    /** What was sent to the store is there. */
    void committed() {
        Lane roomy = null;
        synchronized (this) {
            committing = false;
            flushedNanos = Math.max(1, System.nanoTime());
            if (tooMuch && gathered.bytes() <= MOST_BYTES / 2) {
                tooMuch = false;
                roomy = held ? null : lane;
            }
        }
        if (roomy != null) {
            roomy.limit(Long.MAX_VALUE);
        }
        owner.told(this, new JobEvent.Progress(progress()));
        flush();
    }

    /** The end of this attempt, for the store. */
    AttemptEnd attemptEnd(@Nullable RawJson error) {
        Instant now = clock.instant();
        Instant from;
        synchronized (this) {
            from = startedAt == null ? now : startedAt;
        }
        long runNanos = Math.max(0, Duration.between(from, now).toNanos());
        return end(from, now, runNanos, null, 0, error);
    }

    /** The place in completion of a result that follows all others. */
    synchronized long nextSeq() {
        return nextSeq;
    }
}
