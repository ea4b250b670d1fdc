package dev.motorpool.pool.settings;

import java.util.Locale;

/** How the slots of a pool are distributed over worker processes. */
public enum PoolKind {
    /** Many worker processes of one slot each (or {@code threads_per_worker} slots). */
    PROCESS,
    /** One worker process whose slots are platform threads. */
    THREAD,
    /** One worker process whose slots are virtual threads. */
    COROUTINE;

    /** The name in the API, the configuration and the metrics. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
