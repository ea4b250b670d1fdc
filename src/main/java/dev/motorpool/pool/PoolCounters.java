package dev.motorpool.pool;

/** Counters of a pool since its creation. Guarded by the pool's lock. */
final class PoolCounters {
    long submitted;
    long rejected;
    /** Worker processes that were spawned, including those that never became ready. */
    long workersStarted;
    /** Spawned workers that ended unplanned; never more than were started. */
    long workersLost;

    private long succeeded;
    private long failed;
    private long timedOut;
    private long cancelled;
    private long expired;
    private long workerLost;

    /** Counts succeeded calls and returns the metrics' label for them. */
    String count(long calls) {
        succeeded += calls;
        return "succeeded";
    }

    /** Counts calls with this failure and returns the metrics' label for them. */
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
