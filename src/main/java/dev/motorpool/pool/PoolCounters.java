package dev.motorpool.pool;

/** Counts of a pool since it was made. Guarded by the pool's lock. */
final class PoolCounters {
    long submitted;
    long rejected;
    /** Worker processes that were spawned, whether or not they became ready. */
    long workersStarted;
    /** Those of them that ended unplanned: never more than were started. */
    long workersLost;

    private long succeeded;
    private long failed;
    private long timedOut;
    private long cancelled;
    private long expired;
    private long workerLost;

    /** Counts so many calls that have succeeded, and answers their word in the metrics. */
    String count(long calls) {
        succeeded += calls;
        return "succeeded";
    }

    /** Counts so many calls that have failed in this way, and answers their word in the metrics. */
    String count(Failure failure, long calls) {
        return switch (failure) {
            case Failure.TimedOut timeout -> {
                timedOut += calls;
                yield "timed_out";
            }
            case Failure.Cancelled cancel -> {
                cancelled += calls;
                yield "cancelled";
            }
            case Failure.Expired expiry -> {
                expired += calls;
                yield "expired";
            }
            case Failure.WorkerLost lost -> {
                workerLost += calls;
                yield "worker_lost";
            }
            default -> {
                failed += calls;
                yield "failed";
            }
        };
    }

    PoolView.Counters view() {
        return new PoolView.Counters(
                submitted,
                succeeded,
                failed,
                timedOut,
                cancelled,
                expired,
                workerLost,
                rejected,
                workersStarted,
                workersLost);
    }
}
