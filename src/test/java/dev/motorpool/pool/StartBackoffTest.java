package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.runtime.WorkerShape;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StartBackoffTest {

    private final VirtualTime time = new VirtualTime();
    private final StartBackoff backoff = new StartBackoff(new PoolLock(time, () -> {}));

    private Worker worker() {
        PoolSettings settings = new PoolSettings(PoolKind.PROCESS, 1, 1, null, null, null, 1, null, null, null, "java");
        return new Worker("worker", new WorkerShape(1, false), settings, true, time.nanoTime());
    }

    @Test
    void thePauseDoublesUpToItsLimit() {
        Duration expected = Duration.ofMillis(100);
        for (int failures = 1; failures <= 70; failures++) {
            boolean breaks = backoff.failed(worker(), "it cannot start", false);
            assertThat(breaks).as("after %s failures", failures).isEqualTo(failures == 3);
            assertThat(backoff.untilNext()).isEqualTo(expected);
            expected =
                    expected.compareTo(Duration.ofSeconds(8)) < 0 ? expected.multipliedBy(2) : Duration.ofSeconds(15);
            time.runUntil(time.nanoTime() + backoff.untilNext().toNanos());
        }
        assertThat(backoff.succeeded(worker())).as("it heals the pool").isTrue();
        assertThat(backoff.afterFailure()).isFalse();
    }
}
