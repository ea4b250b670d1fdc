package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.testing.LeavesNothingBehind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class PoolsTest {

    private final CountDownLatch released = new CountDownLatch(1);

    /** A worker on which every kill is lost, since it does not come to have a process. */
    private final WorkerRuntime stuck = shape -> {
        released.await();
        throw new UncheckedIOException(new IOException("released"));
    };

    private final PoolFixture fixture = new PoolFixture(Map.of("java", stuck));

    @AfterEach
    void release() {
        released.countDown();
        fixture.close();
    }

    @Test
    void theEndOfAllPoolsHasOneLimitAndIsNotWaitedForTwice() {
        for (int i = 0; i < 4; i++) {
            fixture.pool(PoolFixture.settings(PoolKind.PROCESS, 2));
        }
        long begin = System.nanoTime();
        fixture.pools.close();
        fixture.pools.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(12));
    }

    @Test
    void aWorkerThatNoKillReachesCountsAsGoneAfterSomeSeconds() throws Exception {
        Pool pool = fixture.pool(PoolFixture.settings(PoolKind.PROCESS, 2));
        pool.terminate();
        assertThat(pool.join(Duration.ofSeconds(9))).isTrue();
        assertThat(pool.view().counters().workersStarted()).isZero();
        assertThat(pool.view().counters().workersLost()).isZero();
    }
}
