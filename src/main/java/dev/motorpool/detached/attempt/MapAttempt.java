package dev.motorpool.detached.attempt;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.MapDone;
import dev.motorpool.detached.model.MapEnd;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.ResultBuffer;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Failure;
import dev.motorpool.pool.Lane;
import dev.motorpool.pool.LaneRequest;
import dev.motorpool.pool.LaneResults;
import dev.motorpool.pool.Tenant;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An attempt at a map. Items without an earlier result go to a lane of the pool; their results go through
 * {@link MapOutcome} to the store long before the map ends. The end is recorded after the last result. If the map
 * continues after failures, a failed item is final, unless the whole map may be retried.
 */
public final class MapAttempt extends AttemptRun implements LaneResults {

    /** Null once a slot has taken each item. */
    @GuardedBy("this")
    private @Nullable RawJson items;

    private final JobSpec.MapShape shape;
    private final Clock clock;
    private final MapOwner owner;

    /** Written by {@link #begin}, before any other field. */
    private volatile @Nullable PoolPort pool;

    /** The items in the lane. Written before the lane is opened. */
    private volatile MapDone.@Nullable Gaps gaps;

    @GuardedBy("this")
    private @Nullable Lane lane;

    @GuardedBy("this")
    private final MapOutcome outcome;

    /** Whether no further items may start. */
    @GuardedBy("this")
    private boolean held;

    @GuardedBy("this")
    private @Nullable Instant startedAt;

    public MapAttempt(WaitingJob waiting, JobSpec.MapShape shape, Clock clock, RelativeTimes expiries, MapOwner owner) {
        super(waiting, expiries);
        this.items = waiting.args();
        this.shape = shape;
        this.clock = clock;
        this.owner = owner;
        this.outcome = new MapOutcome(shape.count());
    }

    /** Its items are counted by the {@code MapGate}. */
    @Override
    public long lastingBytes() {
        return job.bytes();
    }

    public JobSpec.MapShape shape() {
        return shape;
    }

    @Override
    public void begin(PoolPort its) {
        this.pool = its;
        if (owner.mayOpen(this)) {
            open();
        }
    }

    /** Called when the {@code MapGate} admits it. */
    public void open() {
        PoolPort its = pool;
        if (its == null) {
            return;
        }
        if (number == 1 && job.interruptions() == 0 && shape.progress(0).equals(job.progress())) {
            open(its, MapDone.NOTHING);
        } else {
            owner.resume(this);
        }
    }

    /** Reads from the store which items have results, and opens its lane for the rest. */
    public void resume() {
        PoolPort its = pool;
        if (its == null) {
            return;
        }
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
            open(its, done);
        }
    }

    @Override
    public synchronized boolean unknownToPool() {
        return lane == null && startedAt == null && !outcome.isDecided();
    }

    private synchronized boolean hasEnd() {
        return outcome.isDecided();
    }

    @Override
    public void left() {
        owner.left(this);
    }

    private void open(PoolPort pool, MapDone done) {
        if (expired()) {
            ended(new Failure.Expired());
            return;
        }
        RawJson all;
        synchronized (this) {
            all = items;
        }
        if (all == null) {
            return;
        }
        MapDone.Gaps missing = done.gaps(JsonSlices.elements(all));
        gaps = missing;
        synchronized (this) {
            if (outcome.isDecided()) {
                return;
            }
            outcome.begin(done.nextSeq(), missing.count());
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
                        job.spec().function(),
                        job.spec().star(),
                        shape.chunksize(),
                        job.spec().timeout(),
                        timeToStart(),
                        true,
                        job.spec().priority(),
                        true,
                        job.trace(),
                        new Tenant(job.tenant())),
                this);
        boolean unwanted;
        synchronized (this) {
            lane = opened;
            unwanted = outcome.isDecided();
            if (held) {
                opened.limit(0);
            }
        }
        if (unwanted || abandoned()) {
            opened.cancel();
            return;
        }
        missing.takePieces().forEach(opened::add);
        opened.finish();
    }

    @Override
    public boolean withdraw(PoolPort pool) {
        Lane opened;
        synchronized (this) {
            opened = lane;
            if (startedAt != null || !outcome.decide(MapEnd.WITHDRAWN)) {
                return false;
            }
        }
        if (opened != null) {
            opened.cancel();
        }
        return true;
    }

    @Override
    synchronized List<MapResults> unwritten() {
        return outcome.unwritten();
    }

    @Override
    public void abandon() {
        super.abandon();
        cancelLane();
    }

    private void cancelLane() {
        Lane opened;
        synchronized (this) {
            opened = lane;
            boolean _ = outcome.decide(MapEnd.WITHDRAWN);
        }
        if (opened != null) {
            opened.cancel();
        }
    }

    @Override
    public void hold(boolean hold) {
        Lane opened;
        long limit;
        synchronized (this) {
            held = hold;
            opened = lane;
            limit = held || outcome.isFull() ? 0 : Long.MAX_VALUE;
        }
        if (opened != null) {
            opened.limit(limit);
        }
    }

    @Override
    public synchronized RawJson progress() {
        JsonWriter json = new JsonWriter().beginObject();
        json.name("done").value(shape.count() - outcome.left()).name("total").value(shape.count());
        return json.name("message").nullValue().endObject().toRawJson();
    }

    @Override
    public void started(Instant at) {
        boolean _ = begun(at);
    }

    /** The pool may tell of the start after the first results. */
    private void beginWithResult() {
        boolean known;
        synchronized (this) {
            known = startedAt != null;
        }
        if (!known) {
            boolean _ = begun(clock.instant());
        }
    }

    /**
     * Records its start, unless it was withdrawn before: then the job waits in the store again. The attempt is known as
     * started before any of its results is sent, so that the store never has results of a job that it takes for waiting.
     */
    private boolean begun(Instant at) {
        boolean first;
        synchronized (this) {
            if (startedAt != null || outcome.isDecided()) {
                return false;
            }
            startedAt = at;
            first = start(at, null, 0);
        }
        if (first) {
            owner.started(this);
        }
        return true;
    }

    @Override
    public void emptied() {
        synchronized (this) {
            items = null;
        }
        owner.left(this);
    }

    @Override
    public void succeeded(long index, JsonSlices values) {
        MapDone.Gaps missing = gaps;
        if (missing == null) {
            return;
        }
        beginWithResult();
        Lane full = null;
        synchronized (this) {
            if (outcome.succeeded(missing, index, values)) {
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
        beginWithResult();
        int item = missing.itemOf(index);
        if (shape.collect() && !(failure instanceof Failure.FunctionMissing)) {
            collect(item, failure);
        } else {
            end(item, failure);
        }
        endIfDone();
        flush();
    }

    private void collect(int item, Failure failure) {
        RawJson error = owner.error(this, failure);
        synchronized (this) {
            if (job.retriesLeft() == 0) {
                outcome.failed(item, error);
            } else {
                outcome.failedForNow(item, error, Retries.isTriedAgain(job, failure) ? failure : null);
            }
        }
    }

    /** The item ends the attempt: it has failed, or a worker does not have the function. */
    private void end(int item, Failure failure) {
        synchronized (this) {
            boolean decided = failure instanceof Failure.FunctionMissing
                    ? outcome.decide(MapEnd.FUNCTION_MISSING)
                    : outcome.fail(item, failure);
            if (!decided) {
                return;
            }
        }
        cancelLane();
    }

    @Override
    public void ended(Failure failure) {
        synchronized (this) {
            if (!outcome.decide(new MapEnd.Ended(failure))) {
                return;
            }
        }
        flush();
    }

    @Override
    public void output(String text) {
        printed(text);
        owner.printed(this, text);
    }

    private synchronized void endIfDone() {
        outcome.endIfDone();
    }

    /** Sends buffered results to the store if they are due; after the last ones, reports the end. */
    void flush() {
        ResultBuffer.Step step;
        @Nullable MapEnd over;
        synchronized (this) {
            step = outcome.next(System.nanoTime());
            over = outcome.end();
        }
        switch (step) {
            case ResultBuffer.Step.Send(List<MapResults> rows) -> owner.results(this, rows);
            case ResultBuffer.Step.Later(long nanos) -> owner.flushLater(this, nanos);
            case ResultBuffer.Step.Empty ignored when over != null -> owner.ended(this, over);
            default -> {}
        }
    }

    /** Called when the time of {@link MapOwner#flushLater} is over. */
    public void flushNow() {
        synchronized (this) {
            outcome.timeIsOver();
        }
        flush();
    }

    /** The results that were sent are in the store. */
    public void committed() {
        Lane roomy = null;
        synchronized (this) {
            if (outcome.committed(System.nanoTime()) && !held) {
                roomy = lane;
            }
        }
        if (roomy != null) {
            roomy.limit(Long.MAX_VALUE);
        }
        owner.progressed(this, progress());
        flush();
    }

    /** The end of this attempt, for the store. */
    public AttemptEnd attemptEnd(@Nullable RawJson error) {
        Instant now = clock.instant();
        Instant from;
        synchronized (this) {
            from = startedAt == null ? now : startedAt;
        }
        long runNanos = Math.max(0, Duration.between(from, now).toNanos());
        return end(from, now, runNanos, null, 0, error);
    }

    /** The result of the item that makes the map fail. */
    public synchronized MapResults last(int index, RawJson error) {
        return outcome.last(index, error);
    }
}
