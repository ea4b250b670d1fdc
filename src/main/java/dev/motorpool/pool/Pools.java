package dev.motorpool.pool;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** All pools of the service by name. Stub: the engine follows. */
public final class Pools implements AutoCloseable {

    public Optional<Pool> find(String name) {
        throw new UnsupportedOperationException();
    }

    /** All pools, sorted by name. */
    public List<Pool> all() {
        throw new UnsupportedOperationException();
    }

    /** What {@link #put} did. */
    public record Put(Pool pool, boolean made) {}

    /** Makes the pool or changes it; the caller has checked that the kind is the same. */
    public Put put(String name, PoolSettings settings) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** Terminates, joins and forgets the pool; false if there is none of that name. */
    public boolean delete(String name) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Waits until no pool has a queued or running call; false if that took longer. */
    public boolean drain(Duration timeout) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Ends every call that is left with {@code Unavailable} and every worker; bounded. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
