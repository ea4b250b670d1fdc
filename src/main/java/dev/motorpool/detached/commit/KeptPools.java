package dev.motorpool.detached.commit;

import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.pool.PoolStore;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Stores the pools that clients have created in the job store. */
public final class KeptPools implements PoolStore {

    private final JobStore store;
    private final StoreCalls calls;

    public KeptPools(JobStore store, StoreCalls calls) {
        this.store = store;
        this.calls = calls;
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
        if (!calls.reachable()) {
            throw new IOException("the store of jobs cannot be reached for now");
        }
        Map<String, KeptPool> copy = new TreeMap<>(pools);
        BlockingChange<Boolean> change = new BlockingChange<>() {
            @Override
            public Boolean make(JobTables tables) throws StoreException {
                tables.keepPools(copy);
                return true;
            }
        };
        try {
            boolean _ = calls.await(change);
        } catch (StoreException e) {
            throw new IOException(e.getMessage(), e);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("the service is stopping", stop);
        }
    }
}
