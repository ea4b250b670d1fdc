package dev.motorpool.pool;

import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The waiting calls of a tenant with a limit of calls at workers. Only the first of them is in the pool's queue, and
 * only while another may start; those behind it block no other calls. Guarded by the pool's lock.
 */
final class TenantLine {

    private final int most;
    /** Waiting calls in the order of the pool's queue. */
    final TreeSet<QueuedCall> calls = new TreeSet<>(CallQueue.ORDER);
    /** Calls and chunks at workers, including those sent ahead of their turn. */
    private int atWorkers;
    /** How many waiting calls are neither chunks nor detached. */
    int waitedFor;
    /** The call that is in the pool's queue. */
    @Nullable
    QueuedCall shown;

    /** @param most maximum calls at workers, at least 1 */
    TenantLine(int most) {
        this.most = most;
    }

    /** The call that belongs in the pool's queue, or null. */
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
