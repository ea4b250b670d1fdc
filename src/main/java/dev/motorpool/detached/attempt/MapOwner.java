package dev.motorpool.detached.attempt;

import dev.motorpool.detached.model.MapDone;
import dev.motorpool.detached.model.MapEnd;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Failure;
import java.util.List;

/** Callbacks of map attempts. Never called under their monitors. */
public interface MapOwner {

    /** Whether it may hold its items in memory now; else {@link MapAttempt#open} is called later. */
    boolean mayOpen(MapAttempt run);

    /** It no longer needs its items in memory. */
    void left(MapAttempt run);

    /** Indexes of items that already have results, and the next place in completion. */
    MapDone done(MapAttempt run) throws StoreException;

    /** Calls {@link MapAttempt#resume} on another thread, as soon as one is available. */
    void resume(MapAttempt run);

    void started(MapAttempt run);

    /** Stores results; {@link MapAttempt#committed} is called afterwards. */
    void results(MapAttempt run, List<MapResults> rows);

    /** Calls {@link MapAttempt#flush} after this time. */
    void flushLater(MapAttempt run, long nanos);

    void progressed(AttemptRun run, RawJson progress);

    void printed(AttemptRun run, String text);

    /** The failure in the format of the API. */
    RawJson error(AttemptRun run, Failure failure);

    /** All its results are in the store, and no more will follow. */
    void ended(MapAttempt run, MapEnd end);
}
