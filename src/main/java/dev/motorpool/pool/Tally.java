package dev.motorpool.pool;

/** Counts of a pool since it was made. Guarded by the pool's lock. */
final class Tally {
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

    /** Counts an outcome and answers its word in the metrics. */
    String count(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Succeeded ok -> {
                succeeded++;
                yield "succeeded";
            }
            case Outcome.Failed(Failure.TimedOut failure, var run) -> {
                timedOut++;
                yield "timed_out";
            }
            case Outcome.Failed(Failure.Cancelled failure, var run) -> {
                cancelled++;
                yield "cancelled";
            }
            case Outcome.Failed(Failure.Expired failure, var run) -> {
                expired++;
                yield "expired";
            }
            case Outcome.Failed(Failure.WorkerLost failure, var run) -> {
                workerLost++;
                yield "worker_lost";
            }
            case Outcome.Failed other -> {
                failed++;
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
