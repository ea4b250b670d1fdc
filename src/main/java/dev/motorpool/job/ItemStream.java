package dev.motorpool.job;

import dev.motorpool.function.ArgumentFault;
import dev.motorpool.function.UrlRule;
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
 * A stream of items and of their results, between three sorts of threads:
 *
 * <pre>
 *   feeder:  awaitRoom, offer, ... end      --add-->    lane of the pool
 *   writer:  drain, await, drain, ... close <--arrivals-- pool's threads (results), feeder (what it accepted, its end)
 * </pre>
 *
 * The feeder owns the indexes of what is accepted, the writer the lines. Each sees of the other only the window and the
 * arrivals. The pool's threads never wait for either.
 */
public final class ItemStream {

    /** Where the lines go. */
    public interface Lines {

        void value(long index, byte[] bytes, int from, int end) throws IOException;

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

    private final UUID id;
    private final OpenStreams open;
    private final ItemsCall call;
    private final UrlRule urls;

    /** JSON Pointer to the items in the body; null where an item is a line of its own. */
    private final @Nullable String at;

    private final Arrivals arrivals = new Arrivals();
    private final Lane lane;
    private final StreamWindow window;

    /** The writer's own, as are those that follow. */
    private final StreamTurns turns;

    private @Nullable End end;
    private long accepted = -1;
    private @Nullable JobError inputError;
    private boolean clientGone;

    /** The feeder's own. */
    private long index;

    private long laneIndex;

    /** No more items are wanted; set once. */
    private volatile boolean over;

    /** Why reading is to stop early; written by the writer, read by the feeder. */
    private volatile @Nullable JobError stopped;

    private ItemStream(
            UUID id,
            OpenStreams open,
            ItemsCall call,
            boolean ordered,
            @Nullable String at,
            UrlRule urls,
            LaneOpener pool)
            throws RefusedException {
        this.id = id;
        this.open = open;
        this.call = call.withoutItems();
        this.urls = urls;
        this.at = at;
        Results results = new Results(id, arrivals);
        this.lane = pool.lane(call.request(id), results);
        long slots = call.pool().view().settings().size();
        this.window = new StreamWindow(call.window(), 2 * slots * call.chunksize(), lane);
        results.window = window;
        this.turns = new StreamTurns(ordered, window);
    }

    /** Opens it, and is among the open ones until it is closed. */
    static ItemStream open(
            UUID id,
            OpenStreams open,
            ItemsCall call,
            boolean ordered,
            @Nullable String at,
            UrlRule urls,
            LaneOpener pool)
            throws RefusedException {
        ItemStream stream = new ItemStream(id, open, call, ordered, at, urls, pool);
        open.add(stream);
        return stream;
    }

    String pool() {
        return call.pool().name();
    }

    /** Items that were accepted and whose lines have not been written. */
    long unanswered() {
        return window.unanswered();
    }

    /** How many may be unanswered. */
    int window() {
        return call.window();
    }

    /** Feeder: for how many items there is room, after waiting at most so long; negative if no more are wanted. */
    public int awaitRoom(long nanos) throws InterruptedException {
        int room = over || stopped != null ? -1 : window.awaitRoom(nanos);
        return over || stopped != null ? -1 : room;
    }

    /** Feeder: the next items, for which there is room. */
    public void offer(JsonSlices items) {
        int from = 0;
        for (int i = 0; i < items.count(); i++) {
            ArgumentFault fault = call.function().checkItem(items, i, call.star(), urls);
            if (fault != null) {
                accept(items.part(from, i));
                from = i + 1;
                window.accept(1, 0);
                String pointer = at == null ? "" : at + "/" + index;
                arrivals.add(new Arrival.Misfit(index, CallReader.error(fault, pointer)));
                index++;
            }
        }
        accept(items.part(from, items.count()));
    }

    private void accept(JsonSlices items) {
        int count = items.count();
        if (count == 0) {
            return;
        }
        long bytes = StreamTurns.bytes(items);
        window.accept(count, bytes);
        arrivals.add(new Arrival.Accepted(laneIndex, index, count, bytes));
        index += count;
        laneIndex += count;
        lane.add(items);
    }

    /** Feeder: there are no more items; with an error if that is not as it should be. Accepted ones are finished. */
    public void end(@Nullable JobError error) {
        JobError early = stopped;
        arrivals.add(new Arrival.InputEnd(index, early == null ? error : early));
        lane.finish();
    }

    /** Feeder: the client has gone, and wants nothing any more. */
    public void clientGone() {
        arrivals.add(new Arrival.ClientGone());
    }

    /** Writer: writes all lines whose turn it is. */
    public void drain(Lines lines) throws IOException {
        for (Arrival arrival = arrivals.take(); arrival != null && end == null; arrival = arrival.next) {
            arrive(arrival, lines);
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
            case Arrival.Misfit misfit -> turns.misfit(misfit.index, misfit.error, lines);
            case Arrival.Values values -> turns.values(values.laneIndex, values.values, lines);
            case Arrival.Failed failed ->
                turns.failed(failed.laneIndex, failed.failure, Ends.error(id, call, failed.failure), lines);
            case Arrival.InputEnd input -> {
                accepted = input.count;
                inputError = input.error;
            }
            case Arrival.ClientGone gone -> clientGone = true;
            case Arrival.LaneEnd ended ->
                end = new End(turns.count(), turns.failed(), Ends.error(id, call, ended.failure));
        }
    }

    /** Writer: the lines so far are on their way, and make room for more items. */
    public void answered() {
        window.answered(turns.count());
    }

    /** Writer: how the stream ended, once all its lines have been written. */
    public @Nullable End end() {
        return end;
    }

    /** Writer: whether the feeder has found the client gone. */
    public boolean isClientGone() {
        return clientGone;
    }

    /** Writer: waits until there is something to drain, at most so long. */
    public void await(long nanos) throws InterruptedException {
        arrivals.await(nanos);
    }

    /** Writer: no more items are to be read; what has been accepted is finished. The feeder ends with this error. */
    public void stopReading(JobError error) {
        stopped = error;
        window.wakeFeeder();
    }

    /** Writer: gives up what has no result yet, if anything, and lets the feeder end. */
    public void close() {
        open.remove(this);
        over = true;
        window.wakeFeeder();
        if (end == null || end.error != null) {
            lane.cancel();
        }
    }

    /** What the pool tells. */
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
            // Lines do not tell.
        }

        @Override
        public void succeeded(long index, JsonSlices values) {
            came(StreamTurns.bytes(values));
            arrivals.add(new Arrival.Values(index, values));
        }

        @Override
        public void failed(long index, Failure failure) {
            came(StreamTurns.bytes(failure));
            arrivals.add(new Arrival.Failed(index, failure));
        }

        @Override
        public void ended(Failure failure) {
            arrivals.add(new Arrival.LaneEnd(failure));
        }

        private void came(long bytes) {
            StreamWindow known = window;
            if (known == null) {
                throw new IllegalStateException("a result before an item in " + id);
            }
            known.came(bytes);
        }
    }
}
