package dev.motorpool.app;

import dev.motorpool.app.settings.MotorpoolSettings;
import dev.motorpool.job.AdmissionSwitch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The end of the service, in order. Spring has made readiness go down before; then, here: refuse new calls, answering
 * for a moment so that clients and balancers see it; start no more detached jobs, which the store keeps; let what runs finish
 * within the grace period; end the pools, which answers whoever still waits; close the store. The connector stops after this, because its phase is a lower one. Each step is bounded.
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
        MotorpoolSettings.Shutdown shutdown = engine.settings().shutdown();
        admission.close("the service is stopping");
        LOG.info(
                "Stopping: no new calls; those that run have {} s",
                shutdown.grace().value().toSeconds());
        try {
            Thread.sleep(shutdown.refuse().value());
            engine.detached().stop();
            if (!engine.pools().drain(shutdown.grace().value())) {
                LOG.warn("Calls that took longer than the grace period are ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // somebody is in a hurry: on to the end
        }
        engine.pools().close();
        engine.courier().close();
        engine.detached().close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before everything else, the connector in particular. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
