package dev.motorpool.detached;

import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.JobError;
import org.jspecify.annotations.Nullable;

/** What clients want of the store. Where it fails they are refused; where it is out of reach, at once. */
final class StoreCalls {

    private final DetachedEngine engine;

    StoreCalls(DetachedEngine engine) {
        this.engine = engine;
    }

    /** Something that waits for the store. */
    interface Reaching<T> {
        T perform() throws StoreException, InterruptedException;
    }

    /** Who asks while the store is out of reach is told at once. */
    <T> T reaching(Reaching<T> what) throws CallRefusedException, InterruptedException {
        if (!engine.reachable()) {
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

    <T> T ask(Asked<T> change) throws CallRefusedException, InterruptedException {
        return reaching(() -> engine.ask(change));
    }

    <T extends @Nullable Object> T read(JobStore.Reading<T> reading) throws CallRefusedException {
        try {
            return engine.store().read(reading);
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
