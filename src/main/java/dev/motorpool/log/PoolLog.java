package dev.motorpool.log;

import dev.motorpool.pool.PoolEvents;
import dev.motorpool.pool.PoolGauges;
import dev.motorpool.pool.WorkerEnd;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs events of pools, except those of single calls, and passes all of them on. */
public final class PoolLog implements PoolEvents, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PoolLog.class);

    private final PoolEvents next;
    private final PoolRefusals refusals = new PoolRefusals(LOG, "Calls refused");

    public PoolLog(PoolEvents next) {
        this.next = next;
    }

    @Override
    public void poolMade(String pool, PoolGauges gauges) {
        next.poolMade(pool, gauges);
    }

    @Override
    public void callEnded(String pool, String function, String outcome, long queueNanos, long runNanos) {
        next.callEnded(pool, function, outcome, queueNanos, runNanos);
    }

    @Override
    public void itemsEnded(String pool, String function, String outcome, long calls, long queueNanos, long runNanos) {
        next.itemsEnded(pool, function, outcome, calls, queueNanos, runNanos);
    }

    @Override
    public void tenantCallsEnded(String tenant, String outcome, long calls) {
        next.tenantCallsEnded(tenant, outcome, calls);
    }

    @Override
    public void callRejected(String pool, String reason) {
        refusals.add(pool, reason);
        next.callRejected(pool, reason);
    }

    @Override
    public void workerStarted(String pool, String worker, String runtime, long pid, long nanos) {
        LOG.atDebug()
                .addKeyValue("pool", pool)
                .addKeyValue("worker", worker)
                .addKeyValue("runtime", runtime)
                .addKeyValue("pid", pid)
                .addKeyValue("seconds", nanos / 1e9)
                .log("Worker started");
        next.workerStarted(pool, worker, runtime, pid, nanos);
    }

    @Override
    public void workerEnded(WorkerEnd end) {
        LoggingEventBuilder line = LOG.atLevel(level(end))
                .addKeyValue("pool", end.pool())
                .addKeyValue("worker", end.worker())
                .addKeyValue("reason", end.reason());
        line = with(line, "pid", end.pid());
        line = with(line, "exit_code", end.exitCode());
        line = with(line, "signal", end.signal());
        line = with(line, "job", end.job());
        line = with(line, "function", end.function());
        line.log(end.planned() ? "Worker ended" : "Worker lost");
        next.workerEnded(end);
    }

    /** Events that clients can cause at any time need no attention. */
    private static Level level(WorkerEnd end) {
        if (end.planned()) {
            return Level.DEBUG;
        }
        return switch (end.reason()) {
            case "cancel", "terminated" -> Level.INFO;
            default -> Level.WARN;
        };
    }

    private static LoggingEventBuilder with(LoggingEventBuilder line, String name, @Nullable Object value) {
        return value == null ? line : line.addKeyValue(name, value);
    }

    @Override
    public void poolBroken(String pool, String worker, String reason) {
        LOG.atWarn()
                .addKeyValue("pool", pool)
                .addKeyValue("worker", worker)
                .addKeyValue("reason", reason)
                .log("Pool broken");
        next.poolBroken(pool, worker, reason);
    }

    @Override
    public void poolHealed(String pool) {
        LOG.atInfo().addKeyValue("pool", pool).log("Pool healed");
        next.poolHealed(pool);
    }

    @Override
    public void poolRemoved(String pool) {
        next.poolRemoved(pool);
    }

    /** Logs the remaining counts. */
    @Override
    public void close() {
        refusals.close();
    }
}
