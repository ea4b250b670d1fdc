package dev.motorpool.detached;

import dev.motorpool.pool.PoolStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Keeps the pools that clients made in the store of jobs. */
public final class KeptPools implements PoolStore {

    private final JobStore store;
    private final Commits commits;
    private final Duration timeout;

    KeptPools(JobStore store, Commits commits, Duration timeout) {
        this.store = store;
        this.commits = commits;
        this.timeout = timeout;
    }

    @Override
    public Map<String, KeptPool> load() throws IOException {
        try {
            return store.read(JobReader::pools);
        } catch (StoreException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void save(Map<String, KeptPool> pools) throws IOException {
        if (!commits.reachable()) {
            throw new IOException("the store of jobs cannot be reached for now");
        }
        Map<String, KeptPool> copy = new TreeMap<>(pools);
        Asked<Boolean> change = new Asked<>() {
            @Override
            Boolean make(JobTables tables) throws StoreException {
                tables.keepPools(copy);
                return true;
            }
        };
        try {
            if (!commits.add(change)) {
                throw new IOException("the service is stopping");
            }
            change.await(timeout);
        } catch (StoreException e) {
            throw new IOException(e.getMessage(), e);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("the service is stopping", stop);
        }
    }
}
