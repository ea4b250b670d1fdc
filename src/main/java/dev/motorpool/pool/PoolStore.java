package dev.motorpool.pool;

import dev.motorpool.pool.settings.PoolPatch;
import java.io.IOException;
import java.util.Map;

/** Where the pools that clients made or changed outlive the service. */
public interface PoolStore {

    /** What was kept last, by the names of the pools; empty if nothing ever was. */
    Map<String, KeptPool> load() throws IOException;

    /** Keeps this instead of what was kept before, all of it or nothing; on stable storage when it returns. */
    void save(Map<String, KeptPool> pools) throws IOException;

    /**
     * What of a pool outlives the service.
     *
     * @param given its kind, and the settings that clients gave
     */
    record KeptPool(PoolPatch given, Wanted state) {}

    /** The state that somebody put a pool in. */
    enum Wanted {
        RUNNING,
        PAUSED,
        CLOSED,
        TERMINATED
    }
}
