package dev.motorpool.runtime;

import dev.motorpool.pool.PoolSettings;

/** Knows how to start workers of one sort ({@code java}, or a command from the configuration). */
public interface WorkerRuntime {

    /** The command for a worker of a pool with these settings; may wait (bounded) for the AOT cache on the first call. */
    WorkerCommand command(PoolSettings settings) throws InterruptedException;
}
