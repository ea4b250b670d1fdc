package dev.motorpool.pool;

import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one tenant that may have only a number of calls at workers at once. Only the first that waits stands in
 * the pool's queue, and only while another may start; those behind it hold nobody up. Guarded by the pool's lock.
 */
final class TenantLine {

    private final int most;
    /** Those that wait, in the order of the pool's queue. */
    final TreeSet<QueuedCall> calls = new TreeSet<>(CallQueue.ORDER);
    /** Calls and chunks at workers, those sent ahead of their turn included. */
    private int atWorkers;
    /** How many wait that are neither chunks nor detached. */
    int waitedFor;
    /** The call that stands in the pool's queue. */
    @Nullable
    QueuedCall shown;

    /** @param most calls at workers at once, at least 1 */
    TenantLine(int most) {
        this.most = most;
    }

    /** The call that is to stand in the pool's queue, or null. */
    @Nullable
    QueuedCall next() {
        return atWorkers >= most || calls.isEmpty() ? null : calls.first();
    }

    void given(QueuedCall call) {
        call.counted = true;
        atWorkers++;
    }

    void left(QueuedCall call) {
        call.counted = false;
        atWorkers--;
    }
}
