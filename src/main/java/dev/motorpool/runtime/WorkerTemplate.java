package dev.motorpool.runtime;

/**
 * The process from which the workers of a runtime are forked. It has loaded what they load.
 *
 * @param runtime name of the runtime
 * @param version of what it has loaded; grows with each change
 * @param start how to start the process itself
 */
public record WorkerTemplate(String runtime, long version, WorkerCommand start) {}
