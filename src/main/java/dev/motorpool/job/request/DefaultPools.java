package dev.motorpool.job.request;

import dev.motorpool.function.Workload;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.function.signature.Origin;
import java.util.Set;

/**
 * The default pools, for calls without a pool.
 *
 * @param cpu name of the pool of CPU-bound functions
 * @param io name of the pool of functions that wait for input and output
 * @param commands names of the runtimes that are commands of the configuration
 */
public record DefaultPools(String cpu, String io, Set<String> commands) {

    /** Without runtimes that are commands. */
    public DefaultPools(String cpu, String io) {
        this(cpu, io, Set.of());
    }

    /** The name of the pool; it need not exist. */
    public String of(FunctionDefinition function) {
        Origin origin = function.origin();
        String named = origin.defaults().pool();
        if (named != null) {
            return named;
        }
        boolean cpuBound = function.workload() == Workload.CPU;
        return switch (origin.runtime()) {
            case Origin.JAVA -> cpuBound ? cpu : io;
            case Origin.PROGRAMS -> Origin.PROGRAMS;
            default -> origin.runtime() + (cpuBound ? "" : origin.asynchronous() ? "-coroutines" : "-threads");
        };
    }

    /** Whether workers of a runtime may have a function of another. What a command's workers have is not known. */
    boolean canRun(String functionRuntime, String poolRuntime) {
        return functionRuntime.equals(poolRuntime)
                || (functionRuntime.equals(Origin.JAVA) && commands.contains(poolRuntime));
    }

    /** Whether the pool of this name is a default pool. */
    public boolean has(String pool) {
        return pool.equals(cpu) || pool.equals(io);
    }
}
