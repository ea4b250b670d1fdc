package dev.motorpool.pool;

import java.util.Locale;

/** The states of a pool, as API clients see them. */
public enum PoolState {
    STARTING,
    RUNNING,
    PAUSED,
    CLOSED,
    TERMINATED,
    BROKEN;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
