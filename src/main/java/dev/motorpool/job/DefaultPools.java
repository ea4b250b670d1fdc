package dev.motorpool.job;

import dev.motorpool.function.FunctionDefinition;
import dev.motorpool.function.Workload;

/**
 * Where calls go that name no pool.
 *
 * @param cpu name of the pool for functions that compute
 * @param io name of the pool for functions that wait
 */
public record DefaultPools(String cpu, String io) {

    public String of(FunctionDefinition function) {
        return function.workload() == Workload.CPU ? cpu : io;
    }

    /** Whether calls go to the pool of this name that name none. */
    public boolean has(String pool) {
        return pool.equals(cpu) || pool.equals(io);
    }
}
