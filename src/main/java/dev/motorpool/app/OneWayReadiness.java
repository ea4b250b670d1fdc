package dev.motorpool.app;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;

/**
 * Readiness that never goes up again once it went down: a start that is still on its way when the service is told to
 * stop would otherwise end by telling that the service is ready.
 */
final class OneWayReadiness extends ApplicationAvailabilityBean {

    @GuardedBy("this")
    private boolean stopping;

    @Override
    public synchronized void onApplicationEvent(AvailabilityChangeEvent<?> event) {
        if (event.getState() == ReadinessState.REFUSING_TRAFFIC) {
            stopping = true;
        }
        if (!stopping || event.getState() != ReadinessState.ACCEPTING_TRAFFIC) {
            super.onApplicationEvent(event);
        }
    }

    synchronized boolean isStopping() {
        return stopping;
    }

    /** Does something as one with the knowledge that the service has not been told to stop; false if it has. */
    synchronized boolean unlessStopping(Runnable action) {
        if (!stopping) {
            action.run();
        }
        return !stopping;
    }
}
