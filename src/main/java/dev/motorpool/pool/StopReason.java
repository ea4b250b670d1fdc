package dev.motorpool.pool;

import java.time.Duration;

/**
 * The reason why a worker ends.
 *
 * @param reason the label in the metrics, see {@link WorkerEnd#reason}
 * @param sentence the reason in the failures of its calls, as the continuation of "worker x "; empty where the exit
 *     status says it
 */
record StopReason(String reason, String sentence) {

    static final StopReason RETIRED = new StopReason("retired", "had run as many calls as it may");
    static final StopReason SURPLUS = new StopReason("surplus", "was one more than the pool wants");
    static final StopReason STOPPED = new StopReason("stopped", "was stopped with its pool");
    static final StopReason TIMEOUT = new StopReason("timeout", "was killed because a call ran past its timeout");
    static final StopReason CANCEL = new StopReason("cancel", "was killed because a call was cancelled");
    static final StopReason STUCK = new StopReason("stuck", "was killed because calls in it ignored their interrupt");
    static final StopReason REQUEST = new StopReason("terminated", "was terminated on request");
    static final StopReason CRASH = new StopReason("crash", "");

    static StopReason memory(long limit, long resident) {
        return new StopReason(
                "memory",
                "was killed above the pool's memory_limit of " + limit + " bytes: " + resident
                        + " bytes were resident, in it and what it had started");
    }

    static StopReason silent(Duration limit) {
        return new StopReason(
                "silent",
                "was killed because it gave no sign of life; motorpool.worker.silence is " + limit.toMillis() / 1e3
                        + " s");
    }

    static StopReason protocol(String fault) {
        return new StopReason("protocol", "broke the protocol: " + fault);
    }

    static StopReason start(String fault) {
        return new StopReason("start", fault);
    }

    /** Whether the end was planned and fails no call. */
    boolean planned() {
        return reason.equals("retired") || reason.equals("surplus") || reason.equals("stopped");
    }
}
