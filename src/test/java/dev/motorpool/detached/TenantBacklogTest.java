package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.Tenant;
import dev.motorpool.pool.TenantLimits;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A tenant has at most as many unfinished jobs as its limit, also after restarts. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class TenantBacklogTest {

    private static final Tenant SHOP = new Tenant("shop");
    private static final Tenant OTHER = new Tenant("other");
    private static final int MOST = 5;

    @TempDir
    Path directory;

    /** The tenant's jobs that have not ended. */
    private final Deque<UUID> waiting = new ArrayDeque<>();

    private final Deque<UUID> cancelled = new ArrayDeque<>();
    private final Random random = new Random(12);

    private DetachedFixture fixture() {
        TenantLimits none = TenantLimits.NONE;
        TenantLimits limits =
                new TenantLimits(none.requests(), none.streams(), none.waits(), MOST, none.bytes(), none.running());
        return new DetachedFixture(
                directory.resolve("jobs.db"),
                Clock.systemUTC(),
                DetachedFixture.settings(DetachedSettings.DEFAULT.memory(), Map.of(SHOP.name(), limits)));
    }

    private static UUID submit(DetachedFixture fixture, Pool pool, Tenant tenant, Duration delay) throws Exception {
        return fixture.jobs
                .submit(
                        tenant,
                        fixture.wish(pool, "sleep", "[3600]").delay(delay).call(),
                        null,
                        null)
                .job()
                .job()
                .id();
    }

    @Test
    void jobsThatHaveNotEndedAreCountedWhateverTheyDo() throws Exception {
        for (int start = 0; start < 3; start++) {
            try (DetachedFixture fixture = fixture()) {
                Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
                fixture.engine.open(fixture.pools);
                for (int step = 0; step < 60; step++) {
                    step(fixture, pool);
                    assertThat(fixture.engine.outstanding())
                            .as("with those of the other tenant")
                            .isEqualTo(waiting.size() + start);
                }
                submit(fixture, pool, OTHER, Duration.ZERO); // another tenant has room
            }
        }
    }

    /** Submits, cancels, retries or deletes a job, or is refused without room. */
    private void step(DetachedFixture fixture, Pool pool) throws Exception {
        Duration delay = random.nextBoolean() ? Duration.ZERO : Duration.ofHours(1);
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                if (waiting.size() < MOST) {
                    waiting.add(submit(fixture, pool, SHOP, delay));
                } else {
                    assertThatExceptionOfType(CallRefusedException.class)
                            .isThrownBy(() -> submit(fixture, pool, SHOP, delay))
                            .satisfies(TenantBacklogTest::isTheLimit);
                }
            }
            case 2 -> {
                if (!waiting.isEmpty()) {
                    UUID job = waiting.remove();
                    fixture.jobs.cancel(job);
                    cancelled.add(job);
                }
            }
            case 3 -> {
                if (!cancelled.isEmpty() && waiting.size() < MOST) {
                    UUID job = cancelled.remove();
                    fixture.jobs.retry(job);
                    waiting.add(job);
                } else if (!cancelled.isEmpty()) {
                    UUID job = cancelled.getFirst();
                    assertThatExceptionOfType(CallRefusedException.class)
                            .isThrownBy(() -> fixture.jobs.retry(job))
                            .satisfies(TenantBacklogTest::isTheLimit);
                }
            }
            default -> {
                if (!cancelled.isEmpty()) {
                    assertThat(fixture.jobs.delete(cancelled.remove())).isTrue();
                }
            }
        }
    }

    private static void isTheLimit(CallRefusedException refused) {
        assertThat(refused.error().type()).isEqualTo(ProblemType.LIMIT_REACHED);
        assertThat(refused.error().members()).containsEntry("limit", "jobs");
        assertThat(refused.error().retryAfter()).isPositive();
    }
}
