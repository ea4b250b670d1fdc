package dev.motorpool.detached.attempt;

import dev.motorpool.detached.model.MapDone;
import dev.motorpool.detached.model.MapEnd;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Failure;
import java.util.List;

/** Hears of attempts at maps. Never called under their monitors. */
public interface MapOwner {

    /** Whether it may have its items in memory now; else {@link MapAttempt#open} is called later. */
    boolean mayOpen(MapAttempt run);

    /** It needs no items in memory any more. */
    void left(MapAttempt run);

    /** Indexes of items that have results from before, and the next place in completion. */
    MapDone done(MapAttempt run) throws StoreException;

    /** Calls {@link MapAttempt#resume} on a thread of its own, as soon as there is one. */
    void resume(MapAttempt run);

    void started(MapAttempt run);

    /** Results for the store; answered by {@link MapAttempt#committed}. */
    void results(MapAttempt run, List<MapResults> rows);

    /** Calls {@link MapAttempt#flush} in a moment. */
    void flushLater(MapAttempt run, long nanos);

    void progressed(AttemptRun run, RawJson progress);

    void printed(AttemptRun run, String text);

    /** The failure as the API tells it. */
    RawJson error(AttemptRun run, Failure failure);

    /** All that it has got is in the store, and no more will come. */
    void ended(MapAttempt run, MapEnd end);
}
