package dev.motorpool.job.request;

import dev.motorpool.function.Workload;
import dev.motorpool.function.signature.FunctionDefinition;

/**
 * The default pools, for calls without a pool.
 *
 * @param cpu name of the pool of CPU-bound functions
 * @param io name of the pool of functions that wait for input and output
 */
public record DefaultPools(String cpu, String io) {

    public String of(FunctionDefinition function) {
        return function.workload() == Workload.CPU ? cpu : io;
    }

    /** Whether the pool of this name is a default pool. */
    public boolean has(String pool) {
        return pool.equals(cpu) || pool.equals(io);
    }
}
