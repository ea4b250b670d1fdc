package dev.motorpool.app;

import dev.motorpool.pool.PoolDirectory;
import dev.motorpool.pool.Pools;
import dev.motorpool.pool.RefusedException;
import dev.motorpool.source.SourcePools;
import java.util.Set;
import java.util.stream.Collectors;

/** The pools of runtimes with sources: made with the first source, renewed with each change. */
final class RuntimePools implements SourcePools {

    private final Pools pools;
    private final PoolDirectory directory;
    private final Set<String> later;

    /** @param later names of the pools that are not made at the start; each begins with that of its runtime */
    RuntimePools(Pools pools, PoolDirectory directory, Set<String> later) {
        this.pools = pools;
        this.directory = directory;
        this.later = later;
    }

    @Override
    public void provide(String runtime) {
        try {
            directory.provide(later.stream()
                    .filter(name -> name.equals(runtime) || name.startsWith(runtime + "-"))
                    .collect(Collectors.toSet()));
        } catch (RefusedException stopping) {
            // The service stops: no call comes any more.
        }
    }

    @Override
    public void renew(String runtime) {
        pools.renew(runtime);
    }
}
