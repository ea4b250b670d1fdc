package dev.motorpool.pool;

import java.time.Duration;

/**
 * Why a worker comes to its end.
 *
 * @param reason the word in the metrics, see {@link WorkerEnd#reason}
 * @param sentence what the calls that it takes along are told, as the continuation of "worker x "; empty where the
 *     exit status says it
 */
record Ending(String reason, String sentence) {

    static final Ending RETIRED = new Ending("retired", "had run as many calls as it may");
    static final Ending SURPLUS = new Ending("surplus", "was one more than the pool wants");
    static final Ending STOPPED = new Ending("stopped", "was stopped with its pool");
    static final Ending TIMEOUT = new Ending("timeout", "was killed because a call ran past its timeout");
    static final Ending CANCEL = new Ending("cancel", "was killed because a call was cancelled");
    static final Ending STUCK = new Ending("stuck", "was killed because calls in it ignored their interrupt");
    static final Ending REQUEST = new Ending("terminated", "was terminated on request");
    static final Ending CRASH = new Ending("crash", "");

    static Ending memory(long limit, long resident) {
        return new Ending(
                "memory",
                "was killed above the pool's memory_limit of " + limit + " bytes: " + resident
                        + " bytes were resident, in it and what it had started");
    }

    static Ending silent(Duration limit) {
        return new Ending(
                "silent",
                "was killed because it gave no sign of life; motorpool.worker.silence is " + limit.toMillis() / 1e3
                        + " s");
    }

    static Ending protocol(String fault) {
        return new Ending("protocol", "broke the protocol: " + fault);
    }

    static Ending start(String fault) {
        return new Ending("start", fault);
    }

    /** Whether the end was meant and takes no call along. */
    boolean planned() {
        return reason.equals("retired") || reason.equals("surplus") || reason.equals("stopped");
    }
}
