package dev.motorpool.detached;

import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.JobError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads and changes of the store for callers that wait. Each wait ends after the store's timeout. Thread-safe. */
final class StoreCalls {

    private final JobStore store;
    private final Commits commits;
    private final Duration timeout;

    StoreCalls(JobStore store, Commits commits, Duration timeout) {
        this.store = store;
        this.commits = commits;
        this.timeout = timeout;
    }

    /** Something that waits for the store. */
    interface Reaching<T> {
        T perform() throws StoreException, InterruptedException;
    }

    /** Whether the store takes what is written. */
    boolean reachable() {
        return commits.reachable();
    }

    /** Waits until the change is on stable storage. */
    <T> T await(Asked<T> change) throws StoreException, InterruptedException {
        return await(change, commits.add(change));
    }

    /** As {@link #await(Asked)}, for a change that is made after those that were added before. */
    <T> T awaitUnhurried(Asked<T> change) throws StoreException, InterruptedException {
        return await(change, commits.addUnhurried(change));
    }

    private <T> T await(Asked<T> change, boolean added) throws StoreException, InterruptedException {
        if (!added) {
            throw new StoreException("the service is stopping");
        }
        return change.await(timeout);
    }

    /** Performs something for a client, which is refused where the store fails; at once while it is out of reach. */
    <T> T reaching(Reaching<T> what) throws CallRefusedException, InterruptedException {
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

    /** As {@link #await(Asked)}, for a client. */
    <T> T ask(Asked<T> change) throws CallRefusedException, InterruptedException {
        return reaching(() -> await(change));
    }

    /** Reads for a client. */
    <T extends @Nullable Object> T read(JobStore.Reading<T> reading) throws CallRefusedException {
        try {
            return store.read(reading);
        } catch (StoreException failed) {
            throw new CallRefusedException(unavailable());
        }
    }

    static JobError diskFull() {
        return JobError.unavailable("the disk has too little free space; delete jobs that have ended, or make room");
    }

    static JobError unavailable() {
        return JobError.unavailable("the store of jobs cannot be reached for now");
    }
}
