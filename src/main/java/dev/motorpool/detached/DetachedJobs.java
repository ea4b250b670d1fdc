package dev.motorpool.detached;

import dev.motorpool.job.AsyncCall;
import dev.motorpool.job.CallRefusedException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Stands in for the detached jobs. */
@SuppressWarnings("unused")
public class DetachedJobs {

    /** What became of a submission. */
    public record Submission(JobView job, boolean repeated) {}

    public Submission submit(AsyncCall call, @Nullable RepeatKey key)
            throws CallRefusedException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    public @Nullable JobView find(UUID id, boolean withValue) throws CallRefusedException {
        throw new UnsupportedOperationException();
    }

    public JobWait await(UUID id, Duration wait, boolean withValue) throws CallRefusedException {
        throw new UnsupportedOperationException();
    }

    public List<JobView> list(JobFilter filter, @Nullable UUID before, int most) throws CallRefusedException {
        throw new UnsupportedOperationException();
    }

    public @Nullable JobView cancel(UUID id) throws CallRefusedException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    public long cancelAll(JobFilter filter) throws CallRefusedException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    public @Nullable JobView retry(UUID id) throws CallRefusedException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    public boolean delete(UUID id) throws CallRefusedException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    public byte @Nullable [] output(UUID id) throws CallRefusedException {
        throw new UnsupportedOperationException();
    }

    public ManyWait awaitAll(List<UUID> ids, ReturnWhen when, Duration timeout) throws CallRefusedException {
        throw new UnsupportedOperationException();
    }

    public Completions asCompleted(List<UUID> ids) throws CallRefusedException {
        throw new UnsupportedOperationException();
    }

    public @Nullable JobEvents events(UUID id) throws CallRefusedException {
        throw new UnsupportedOperationException();
    }

    public @Nullable MapItems items(UUID id, boolean byCompletion, long after) throws CallRefusedException {
        throw new UnsupportedOperationException();
    }

    public List<MapResults> results(UUID id, int fromIndex) throws CallRefusedException {
        throw new UnsupportedOperationException();
    }

    public long queued(String pool) {
        return 0;
    }
}
