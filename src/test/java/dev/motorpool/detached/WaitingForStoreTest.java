package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.detached.FaultyStore.Fault;
import dev.motorpool.detached.FaultyStore.Plan;
import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.Waiting;
import dev.motorpool.job.JobState;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.Eventually;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that could start but for the store, or for the memory that running jobs fill, say so. */
@Tag("service")
class WaitingForStoreTest {

    @TempDir
    Path directory;

    private DetachedFixture fixture(DetachedSettings settings) {
        return new DetachedFixture(directory.resolve("jobs.db"), Clock.systemUTC(), settings);
    }

    private static void within(DetachedFixture fixture, UUID id, Waiting.Reason reason) {
        Eventually.until(DetachedFixture.PATIENCE, () -> {
            Waiting waiting = Objects.requireNonNull(fixture.find(id).waiting());
            assertThat(waiting.reason()).isEqualTo(reason);
            return waiting;
        });
    }

    private static UUID running(DetachedFixture fixture, DetachedFixture.Wish wish) throws Exception {
        UUID id = wish.submit();
        Eventually.until(DetachedFixture.PATIENCE, () -> {
            JobView job = fixture.find(id);
            assertThat(job.job().state()).isEqualTo(JobState.RUNNING);
            assertThat(job.waiting()).isNull();
            return job;
        });
        return id;
    }

    @Test
    void nothingStartsWhileTheStoreAcceptsNoChanges() throws Exception {
        try (DetachedFixture fixture = fixture(DetachedSettings.DEFAULT)) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 1);
            fixture.engine.open(fixture.pools);
            UUID first = running(fixture, fixture.wish(pool, "sleep", "[600]"));
            UUID second = fixture.wish(pool, "echo", "[1]").submit();
            within(fixture, second, Waiting.Reason.SLOT);

            Instant before = Instant.now();
            fixture.store.plan((call, number) -> call.equals("write") ? Fault.BEFORE : Fault.NONE);
            assertThatExceptionOfType(CallRefusedException.class)
                    .isThrownBy(() -> fixture.wish(pool, "echo", "[2]").submit());
            within(fixture, second, Waiting.Reason.STORE);
            assertThat(Objects.requireNonNull(fixture.find(second).waiting()).since())
                    .isBetween(before, Instant.now());

            fixture.store.plan(Plan.none());
            within(fixture, second, Waiting.Reason.SLOT);
            fixture.jobs.cancel(first);
            assertThat(fixture.ended(second).job().state()).isEqualTo(JobState.SUCCEEDED);
        }
    }

    @Test
    void runningJobsMayFillTheMemory() throws Exception {
        try (DetachedFixture fixture = fixture(DetachedFixture.settings(64 << 10, Map.of()))) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 4);
            fixture.engine.open(fixture.pools);
            UUID large = running(fixture, fixture.wish(pool, "sleep", "[600]").tag("text", "x".repeat(100_000)));

            UUID id = fixture.wish(pool, "echo", "[1]").submit();
            within(fixture, id, Waiting.Reason.STORE);

            fixture.jobs.cancel(large);
            assertThat(fixture.ended(id).job().state()).isEqualTo(JobState.SUCCEEDED);
        }
    }
}
