package dev.motorpool.app;

import dev.motorpool.app.settings.MotorpoolSettings;
import dev.motorpool.job.AdmissionSwitch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Shuts the service down in order. Spring has set readiness to down before. Then: refuse new calls for a moment, so
 * that clients and balancers notice; start no more detached jobs, which remain in the store; wait for running calls
 * within the grace period; close the pools, which answers waiting clients; close the store. The connector stops after
 * this, because its phase is lower. Each step is bounded.
 */
final class GracefulShutdown implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(GracefulShutdown.class);

    private final Engine engine;
    private final AdmissionSwitch admission;
    private volatile boolean running;

    GracefulShutdown(Engine engine, AdmissionSwitch admission) {
        this.engine = engine;
        this.admission = admission;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        MotorpoolSettings.Shutdown shutdown = engine.settings.shutdown();
        admission.close("the service is stopping");
        LOG.info(
                "Stopping: no new calls are accepted; running calls have {} s",
                shutdown.grace().value().toSeconds());
        try {
            Thread.sleep(shutdown.refuse().value());
            engine.detached.stop();
            if (!engine.pools.drain(shutdown.grace().value())) {
                LOG.warn("Calls that took longer than the grace period are ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // interrupted: skip the remaining waits
        }
        engine.pools.close();
        engine.scheduler.close();
        engine.detached.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before all other phases, the connector's in particular. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
