package dev.motorpool.detached;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Failure;
import java.util.List;

/** Hears of attempts at maps. Never called under their monitors. */
interface MapOwner {

    /** Whether it may have its items in memory now; else {@link MapRun#open} is called later. */
    boolean mayOpen(MapRun run);

    /** It needs no items in memory any more. */
    void left(MapRun run);

    /** Indexes of items that have results from before, and the next place in completion. */
    MapDone done(MapRun run) throws StoreException;

    /** Calls {@link MapRun#resume} on a thread of its own, as soon as there is one. */
    void resume(MapRun run);

    void started(MapRun run);

    /** Results for the store; answered by {@link MapRun#committed}. */
    void results(MapRun run, List<MapResults> rows);

    /** Calls {@link MapRun#flush} in a moment. */
    void flushLater(MapRun run, long nanos);

    void progressed(Run run, RawJson progress);

    void printed(Run run, String text);

    /** The failure as the API tells it. */
    RawJson error(Run run, Failure failure);

    /** All that it has got is in the store, and no more will come. */
    void ended(MapRun run, MapEnd end);
}
