package dev.motorpool.job.stream;

import dev.motorpool.function.ArgumentFault;
import dev.motorpool.function.UrlRule;
import dev.motorpool.job.CallReader;
import dev.motorpool.job.ItemsCall;
import dev.motorpool.job.JobError;
import dev.motorpool.job.LaneOpener;
import dev.motorpool.job.OutcomeMapper;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.pool.Failure;
import dev.motorpool.pool.Lane;
import dev.motorpool.pool.LaneResults;
import dev.motorpool.pool.RefusedException;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A stream of items and their results, shared by three kinds of threads:
 *
 * <pre>
 *   feeder:  awaitRoom, offer, ... end      --add-->    lane of the pool
 *   writer:  drain, await, drain, ... close <--arrivals-- pool's threads (results), feeder (what it accepted, its end)
 * </pre>
 *
 * The feeder owns the indexes of accepted items, the writer the lines. They share only the window and the arrivals. The
 * pool's threads never wait for either.
 */
public final class ItemStream {

    /** Receives the lines. */
    public interface Lines {

        /** Writes a value of a row. Returns false if that has been dropped, and the line is incomplete. */
        boolean value(long index, StreamValues row, int at) throws IOException;

        void error(long index, JobError error) throws IOException;
    }

    /**
     * How a stream ended.
     *
     * @param count lines that were written
     * @param failed how many of them are errors
     * @param error why it ended early; null if it did not
     */
    public record End(long count, long failed, @Nullable JobError error) {}

    /** Events between two looks at the client. */
    private static final int AT_ONCE = 4096;

    private final UUID id;
    private final OpenStreams open;
    private final ItemsCall call;
    private final UrlRule urls;

    /** JSON Pointer to the items in the body; null if each item is a line. */
    private final @Nullable String at;

    private final Arrivals arrivals = new Arrivals();
    private final Lane lane;
    private final StreamBytes bytes;
    private final StreamWindow window;

    /** Owned by the writer, as are the fields that follow. */
    private final StreamTurns turns;

    private @Nullable End end;
    private long accepted = -1;
    private @Nullable JobError inputError;
    private boolean clientGone;

    /** Owned by the feeder. */
    private long index;

    private long laneIndex;

    /** Set once no more items are accepted. */
    private volatile boolean over;

    /** Why reading must stop early; written by the writer, read by the feeder. */
    private volatile @Nullable JobError stopped;

    private ItemStream(
            UUID id,
            OpenStreams open,
            ItemsCall call,
            boolean ordered,
            @Nullable String at,
            UrlRule urls,
            LaneOpener pool,
            StreamBudget budget,
            String caller)
            throws RefusedException {
        this.id = id;
        this.open = open;
        this.call = call.withoutItems();
        this.urls = urls;
        this.at = at;
        Results results = new Results(id, arrivals);
        this.lane = pool.lane(call.request(id), results);
        long slots = call.pool().view().settings().size();
        this.bytes = new StreamBytes(budget, caller, lane, arrivals);
        this.window = new StreamWindow(call.window(), 2 * slots * call.shape().chunksize(), lane, bytes);
        results.window = window;
        this.turns = new StreamTurns(ordered, window);
    }

    /** Opens a stream, which is among the open ones until it is closed. */
    static ItemStream open(
            UUID id,
            OpenStreams open,
            ItemsCall call,
            boolean ordered,
            @Nullable String at,
            UrlRule urls,
            LaneOpener pool,
            StreamBudget budget,
            String caller)
            throws RefusedException {
        ItemStream stream = new ItemStream(id, open, call, ordered, at, urls, pool, budget, caller);
        open.add(stream);
        return stream;
    }

    String pool() {
        return call.pool().name();
    }

    /** Accepted items whose lines have not been written. */
    long unanswered() {
        return window.unanswered();
    }

    /** Maximum of unanswered items. */
    int window() {
        return call.window();
    }

    /**
     * Feeder: waits for room, at most for this time. Returns for how many items there is room; negative if no more are
     * accepted.
     */
    public int awaitRoom(long nanos) throws InterruptedException {
        int room = isUnwanted() ? -1 : window.awaitRoom(nanos);
        return isUnwanted() ? -1 : room;
    }

    private boolean isUnwanted() {
        return over || stopped != null || bytes.ended() != null;
    }

    /**
     * Feeder: the next items, for which there is room. Returns false if there is no room for their bytes at present.
     */
    public boolean offer(JsonSlices items) {
        long all = StreamValues.bytes(items);
        if (!bytes.admit(all)) {
            return false;
        }
        long unused = all;
        int from = 0;
        for (int i = 0; i < items.count(); i++) {
            ArgumentFault fault =
                    call.function().checkItem(items, i, call.spec().star(), urls);
            if (fault != null) {
                unused -= accept(items.part(from, i));
                from = i + 1;
                window.accept(1);
                String pointer = at == null ? "" : at + "/" + index;
                arrivals.add(new Arrival.Misfit(index, CallReader.error(fault, pointer)));
                index++;
            }
        }
        if (from == 0) {
            accept(items, all);
            return true;
        }
        unused -= accept(items.part(from, items.count()));
        bytes.resulted(unused);
        return true;
    }

    /**
     * Feeder: waits for room for the bytes of items, at most for this time. Returns false if they are no longer
     * accepted.
     */
    public boolean awaitBytes(long nanos) throws InterruptedException {
        if (isUnwanted()) {
            return false;
        }
        window.awaitBytes(nanos);
        return true;
    }

    private long accept(JsonSlices items) {
        return items.count() == 0 ? 0 : accept(items, StreamValues.bytes(items));
    }

    private long accept(JsonSlices items, long size) {
        int count = items.count();
        window.accept(count);
        arrivals.add(new Arrival.Accepted(laneIndex, index, count, size));
        index += count;
        laneIndex += count;
        lane.add(items);
        return size;
    }

    /** Feeder: there are no more items. The error is null after a regular end. Accepted items are finished. */
    public void end(@Nullable JobError error) {
        JobError early = stopped;
        arrivals.add(new Arrival.InputEnd(index, early == null ? error : early));
        lane.finish();
    }

    /** Feeder: the client has disconnected and needs no more lines. */
    public void clientGone() {
        arrivals.add(new Arrival.ClientGone());
    }

    /** Writer: writes lines that are ready in order. If very many are, the rest is left to the next call. */
    public void drain(Lines lines) throws IOException {
        for (int i = 0; i < AT_ONCE && end == null && bytes.ended() == null; i++) {
            Arrival arrival = arrivals.take();
            if (arrival == null) {
                break;
            }
            arrive(arrival, lines);
        }
        JobError early = bytes.ended();
        if (end == null && early != null) {
            end = new End(turns.count(), turns.failed(), early);
        }
        if (end == null && turns.count() == accepted) {
            end = new End(turns.count(), turns.failed(), inputError);
        }
        answered();
        window.caughtUp(turns.nextInLane());
    }

    private void arrive(Arrival arrival, Lines lines) throws IOException {
        switch (arrival) {
            case Arrival.Accepted row -> turns.accepted(row);
            case Arrival.Misfit misfit -> turns.misfit(misfit.index(), misfit.error(), lines);
            case Arrival.Values values -> turns.values(values.laneIndex(), values.values(), lines);
            case Arrival.Failed failed ->
                turns.failed(
                        failed.laneIndex(),
                        failed.failure(),
                        OutcomeMapper.error(id, call.spec(), failed.failure()),
                        lines);
            case Arrival.InputEnd input -> {
                accepted = input.count();
                inputError = input.error();
            }
            case Arrival.ClientGone gone -> clientGone = true;
            case Arrival.EarlyEnd ended -> {
                // The value's own write reports that it was dropped.
            }
            case Arrival.LaneEnd ended ->
                end = new End(turns.count(), turns.failed(), OutcomeMapper.error(id, call.spec(), ended.failure()));
        }
    }

    /** Writer: the lines so far are on their way, and make room for more items. */
    public void answered() {
        window.answered(turns.count());
    }

    /** Writer: the client has taken a part of a line. */
    public void taken() {
        bytes.taken();
    }

    /** Writer: how the stream ended, once all its lines have been written. */
    public @Nullable End end() {
        return end;
    }

    /** Writer: whether the feeder has found that the client has disconnected. */
    public boolean isClientGone() {
        return clientGone;
    }

    /** Writer: waits until there is something to drain, at most for this time. */
    public void await(long nanos) throws InterruptedException {
        arrivals.await(nanos);
    }

    /** Writer: no more items will be read; accepted ones are finished. The feeder ends with this error. */
    public void stopReading(JobError error) {
        stopped = error;
        window.wakeFeeder();
    }

    /** Writer: gives up items without a result, and lets the feeder end. */
    public void close() {
        open.remove(this);
        over = true;
        window.wakeFeeder();
        if (end == null || end.error != null) {
            lane.cancel();
        }
        bytes.close();
    }

    /** Listens to the pool. */
    private static final class Results implements LaneResults {

        private final UUID id;
        private final Arrivals arrivals;

        /** Set before the first item is added. */
        private @Nullable StreamWindow window;

        Results(UUID id, Arrivals arrivals) {
            this.id = id;
            this.arrivals = arrivals;
        }

        @Override
        public void started(Instant at) {
            // Lines do not report starts.
        }

        @Override
        public void succeeded(long index, JsonSlices values) {
            StreamValues row = new StreamValues(values);
            StreamWindow known = known();
            if (known.bytes().came(row)) {
                known.holdIfFull();
                arrivals.add(new Arrival.Values(index, row));
            }
        }

        @Override
        public void failed(long index, Failure failure) {
            StreamWindow known = known();
            known.bytes().came(StreamTurns.bytes(failure));
            known.holdIfFull();
            arrivals.add(new Arrival.Failed(index, failure));
        }

        @Override
        public void ended(Failure failure) {
            arrivals.add(new Arrival.LaneEnd(failure));
        }

        private StreamWindow known() {
            StreamWindow known = window;
            if (known == null) {
                throw new IllegalStateException("a result before an item in " + id);
            }
            return known;
        }
    }
}
