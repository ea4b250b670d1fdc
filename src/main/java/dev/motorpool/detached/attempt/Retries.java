package dev.motorpool.detached.attempt;

import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.pool.Failure;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/** The retry policy of jobs: which failures are retried, and when. */
public final class Retries {

    private static final Duration LONGEST_DELAY = Duration.ofHours(1);
    private static final double JITTER = 0.1;

    private final RelativeTimes starts;
    private final DoubleSupplier random;

    /** @param random from 0 to 1 */
    public Retries(RelativeTimes starts, DoubleSupplier random) {
        this.starts = starts;
        this.random = random;
    }

    /**
     * Whether the job is retried after this failure: it has retries left, and another attempt may end otherwise. A
     * value that is too large for an answer would be too large again.
     */
    public static boolean isTriedAgain(StoredJob job, Failure failure) {
        return job.retriesLeft() > 0
                && switch (failure) {
                    case Failure.Raised ignored -> true;
                    case Failure.TimedOut ignored -> true;
                    case Failure.WorkerLost ignored -> true;
                    default -> false;
                };
    }

    /** Time of the next attempt: the delay doubles with each failure of a round. */
    public RelativeTimes.Time nextAttempt(StoredJob job) {
        int failures = job.spec().retries() - job.retriesLeft();
        double seconds =
                job.spec().retryDelay().toNanos() / 1e9 * Math.pow(2, failures) * (1 + JITTER * random.getAsDouble());
        double most = LONGEST_DELAY.toSeconds();
        return starts.in(job.id(), Duration.ofNanos((long) (Math.min(seconds, most) * 1e9)));
    }
}
