package dev.motorpool.pool;

import static dev.motorpool.pool.PoolFixture.call;
import static dev.motorpool.pool.PoolFixture.failure;
import static dev.motorpool.pool.PoolFixture.outcome;
import static dev.motorpool.pool.PoolFixture.run;
import static dev.motorpool.pool.PoolFixture.submit;
import static dev.motorpool.pool.PoolFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.testing.Eventually;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("service")
class ProcessPoolTest extends PoolSemantics {

    ProcessPoolTest() {
        super(PoolKind.PROCESS);
    }

    @Test
    void aStuckThreadsSlotIsRefilledWhileOthersInItsProcessGoOn() {
        Pool pool = fixture.pool(new PoolSettings(PoolKind.PROCESS, 1, 100, null, null, null, 2, null, null, "java"));
        PendingCall other = submit(pool, "sleep", "[1000]");
        awaitRunning(pool, 1);
        PendingCall hanging = submit(pool, call("hang", "[]", Duration.ofMillis(100), null, 0));
        failure(outcome(hanging), Failure.TimedOut.class);
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
        assertThat(other.outcome().toCompletableFuture().isDone()).isFalse();
        assertThat(pool.workers()).hasSize(2);
        other.cancel();
        Eventually.within(PoolFixture.PATIENCE, () -> {
            assertThat(fixture.endings).containsExactly(Map.entry("stuck", 1L));
            assertThat(pool.workers()).hasSize(1).allMatch(worker -> worker.state()
                    .equals("idle"));
        });
    }
}
