package dev.motorpool.pool;

import dev.motorpool.pool.settings.PoolPatch;
import java.io.IOException;
import java.util.Map;

/** Stores across restarts the pools that clients made or changed. */
public interface PoolStore {

    /** What was saved last, by the names of the pools; empty if nothing ever was. */
    Map<String, KeptPool> load() throws IOException;

    /** Replaces what was saved before, atomically. It is on stable storage when this returns. */
    void save(Map<String, KeptPool> pools) throws IOException;

    /**
     * The part of a pool that is kept across restarts.
     *
     * @param given its kind, and the settings that clients gave
     */
    record KeptPool(PoolPatch given, Wanted state) {}

    /** The state that a client put a pool in. */
    enum Wanted {
        RUNNING,
        PAUSED,
        CLOSED,
        TERMINATED
    }
}
