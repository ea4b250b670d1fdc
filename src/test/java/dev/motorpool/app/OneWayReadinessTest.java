package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;

class OneWayReadinessTest {

    private final OneWayReadiness readiness = new OneWayReadiness();

    @Test
    void itGoesUpOnceAndDownForGood() {
        assertThat(readiness.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
        tell(ReadinessState.ACCEPTING_TRAFFIC);
        assertThat(readiness.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
        assertThat(readiness.isStopping()).isFalse();
        tell(ReadinessState.REFUSING_TRAFFIC);
        tell(ReadinessState.ACCEPTING_TRAFFIC);
        assertThat(readiness.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
        assertThat(readiness.isStopping()).isTrue();
        assertThat(readiness.unlessStopping(() -> {
                    throw new AssertionError("it is stopping");
                }))
                .isFalse();
    }

    @Test
    void whoIsToldToStopWhileItStartsIsNeverReady() {
        tell(ReadinessState.REFUSING_TRAFFIC);
        tell(ReadinessState.ACCEPTING_TRAFFIC);
        assertThat(readiness.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
    }

    private void tell(ReadinessState state) {
        readiness.onApplicationEvent(new AvailabilityChangeEvent<>(this, state));
    }

    @Test
    void livenessIsNoMatterOfIt() {
        readiness.onApplicationEvent(new AvailabilityChangeEvent<>(this, LivenessState.CORRECT));
        assertThat(readiness.getLivenessState()).isEqualTo(LivenessState.CORRECT);
    }
}
