package dev.motorpool.runtime;

/** Knows how to start workers of one sort ({@code java}, or a command from the configuration). */
public interface WorkerRuntime {

    /** The command for a worker of this shape; may wait (bounded) for the AOT cache on the first call. */
    WorkerCommand command(WorkerShape shape) throws InterruptedException;
}
