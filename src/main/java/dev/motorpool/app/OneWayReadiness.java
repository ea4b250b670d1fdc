package dev.motorpool.app;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;

/**
 * Readiness that never goes up after it went down. Otherwise a start that is stopped before its end would report the
 * service as ready.
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

    /** Runs an action unless the service is stopping; atomic with the stop. False if it is stopping. */
    synchronized boolean unlessStopping(Runnable action) {
        if (!stopping) {
            action.run();
        }
        return !stopping;
    }
}
