package dev.motorpool.detached.commit;

import dev.motorpool.detached.store.DiskFullException;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.JobError;
import dev.motorpool.job.request.CallRefusedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads and changes of the store for callers that wait. Each wait ends after the store's timeout. Thread-safe. */
public final class StoreCalls {

    private final JobStore store;
    private final GroupCommitWriter writer;
    private final Duration timeout;

    public StoreCalls(JobStore store, GroupCommitWriter writer, Duration timeout) {
        this.store = store;
        this.writer = writer;
        this.timeout = timeout;
    }

    /** An operation that waits for the store. */
    public interface Reaching<T> {
        T perform() throws StoreException, InterruptedException;
    }

    /** Whether the store accepts writes. */
    public boolean reachable() {
        return writer.reachable();
    }

    /** Waits until the change is on stable storage. */
    public <T> T await(BlockingChange<T> change) throws StoreException, InterruptedException {
        return await(change, writer.add(change));
    }

    /** As {@link #await(BlockingChange)}, for a change that is made after those that were added before. */
    public <T> T awaitUnhurried(BlockingChange<T> change) throws StoreException, InterruptedException {
        return await(change, writer.addUnhurried(change));
    }

    private <T> T await(BlockingChange<T> change, boolean added) throws StoreException, InterruptedException {
        if (!added) {
            throw new StoreException("the service is stopping");
        }
        return change.await(timeout);
    }

    /**
     * Performs an operation for a client. The client is refused if the store fails; at once while it is unreachable.
     */
    public <T> T reaching(Reaching<T> what) throws CallRefusedException, InterruptedException {
        if (!reachable()) {
            throw new CallRefusedException(unavailable());
        }
        try {
            return what.perform();
        } catch (DiskFullException full) {
            throw new CallRefusedException(diskFull());
        } catch (StoreException failed) {
            throw new CallRefusedException(unavailable());
        }
    }

    /** As {@link #await(BlockingChange)}, for a client. */
    public <T> T ask(BlockingChange<T> change) throws CallRefusedException, InterruptedException {
        return reaching(() -> await(change));
    }

    /** Reads for a client. */
    public <T extends @Nullable Object> T read(JobStore.Reading<T> reading) throws CallRefusedException {
        try {
            return store.read(reading);
        } catch (StoreException failed) {
            throw new CallRefusedException(unavailable());
        }
    }

    public static JobError diskFull() {
        return JobError.unavailable("the disk has too little free space; delete jobs that have ended, or make room");
    }

    public static JobError unavailable() {
        return JobError.unavailable("the store of jobs cannot be reached for now");
    }
}
