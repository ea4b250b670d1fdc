package dev.motorpool.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.pool.PoolEvents;
import dev.motorpool.pool.PoolGauges;
import dev.motorpool.pool.WorkerEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Buffers events until a listener is set, because pools start before the meter registry exists. Afterwards an event
 * costs one more volatile read.
 */
public final class EarlyEvents implements PoolEvents {

    /** Far more than a start can produce; further events are not counted. */
    private static final int MOST = 100_000;

    private final TenantMetrics tenants;

    private volatile @Nullable PoolEvents listener;

    @GuardedBy("this")
    private final List<Consumer<PoolEvents>> early = new ArrayList<>();

    /** @param tenants count from the beginning */
    public EarlyEvents(TenantMetrics tenants) {
        this.tenants = tenants;
    }

    /** Passes the buffered events and all later ones to the listener. Called once. */
    public synchronized void listen(PoolEvents to) {
        early.forEach(event -> event.accept(to));
        early.clear();
        listener = to;
    }

    private void tell(Consumer<PoolEvents> event) {
        PoolEvents to = listener;
        if (to == null) {
            synchronized (this) {
                to = listener;
                if (to == null) {
                    if (early.size() < MOST) {
                        early.add(event);
                    }
                    return;
                }
            }
        }
        event.accept(to);
    }

    @Override
    public void poolMade(String pool, PoolGauges gauges) {
        tell(events -> events.poolMade(pool, gauges));
    }

    @Override
    public void callEnded(String pool, String function, String outcome, long queueNanos, long runNanos) {
        PoolEvents to = listener;
        if (to != null) { // the frequent event avoids the lambda
            to.callEnded(pool, function, outcome, queueNanos, runNanos);
        } else {
            tell(events -> events.callEnded(pool, function, outcome, queueNanos, runNanos));
        }
    }

    @Override
    public void itemsEnded(String pool, String function, String outcome, long calls, long queueNanos, long runNanos) {
        PoolEvents to = listener;
        if (to != null) {
            to.itemsEnded(pool, function, outcome, calls, queueNanos, runNanos);
        } else {
            tell(events -> events.itemsEnded(pool, function, outcome, calls, queueNanos, runNanos));
        }
    }

    @Override
    public void tenantCallsEnded(String tenant, String outcome, long calls) {
        tenants.callsEnded(tenant, outcome, calls);
    }

    @Override
    public void callRejected(String pool, String reason) {
        tell(events -> events.callRejected(pool, reason));
    }

    @Override
    public void workerStarted(String pool, String worker, String runtime, long pid, long nanos) {
        tell(events -> events.workerStarted(pool, worker, runtime, pid, nanos));
    }

    @Override
    public void workerEnded(WorkerEnd end) {
        tell(events -> events.workerEnded(end));
    }

    @Override
    public void poolRemoved(String pool) {
        tell(events -> events.poolRemoved(pool));
    }
}
