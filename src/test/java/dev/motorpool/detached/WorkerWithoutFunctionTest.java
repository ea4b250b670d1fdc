package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.FaultyStore.Fault;
import dev.motorpool.detached.FaultyStore.Plan;
import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.Waiting;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobState;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.RealWorkers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A worker that does not have the function of a job uses up no attempt of it: the job waits for other workers. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class WorkerWithoutFunctionTest {

    @TempDir
    Path directory;

    /** The workers that start next; read by the threads that start them. */
    private volatile boolean complete;

    private DetachedFixture fixture() {
        return new DetachedFixture(
                directory.resolve("jobs.db"),
                Clock.systemUTC(),
                Clock.systemUTC(),
                DetachedSettings.DEFAULT,
                function -> true,
                shape -> (complete ? RealWorkers.java() : RealWorkers.withoutDemoFunctions()).command(shape));
    }

    private static JobView untilMissing(DetachedFixture fixture, UUID id) {
        return Eventually.until(DetachedFixture.PATIENCE, () -> {
            JobView job = fixture.find(id);
            Waiting waiting = Objects.requireNonNull(job.waiting());
            assertThat(waiting.reason()).isEqualTo(Waiting.Reason.FUNCTION_MISSING);
            assertThat(job.job().state()).isEqualTo(JobState.QUEUED);
            assertThat(fixture.store.calls("tables.unstart")).isPositive();
            return job;
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"NONE", "BEFORE", "AFTER", "SLOW"})
    void theJobRunsWithItsFirstAttemptOnceAWorkerHasIt(Fault fault) throws Exception {
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.open(fixture.pools);
            fixture.store.plan(Plan.once("tables.unstart", 0, fault));
            UUID id = fixture.wish(pool, "too_large", "[5]")
                    .expires(Duration.ofHours(1))
                    .submit();
            JobView waits = untilMissing(fixture, id);
            assertThat(waits.job().attempt()).isZero();
            assertThat(waits.attempts()).isEmpty();
            assertThat(waits.job().expiresAt()).isNotNull();
            assertThat(Objects.requireNonNull(waits.waiting()).detail()).contains("workers of pool 'io'");
            assertThat(fixture.ended(fixture.wish(pool, "echo", "[1]").submit())
                            .job()
                            .state())
                    .as("another job of the pool")
                    .isEqualTo(JobState.SUCCEEDED);

            complete = true;
            pool.renew();
            fixture.engine.functionsChanged();
            JobView end = fixture.ended(id);

            assertThat(String.valueOf(end.value())).isEqualTo("\"xxx\"");
            assertThat(fixture.find(id).attempts()).extracting(Attempt::number).containsExactly(1);
            assertThat(pool.view().counters().failed()).isZero();
            assertThat(pool.view().counters().submitted()).isEqualTo(2);
        }
    }

    @Test
    void itIsTriedAgainByItself() throws Exception {
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.open(fixture.pools);
            UUID id = fixture.wish(pool, "too_large", "[5]").submit();
            untilMissing(fixture, id);
            complete = true;
            pool.renew();

            assertThat(fixture.ended(id).job().attempt()).isEqualTo(1);
        }
    }

    @Test
    void theAttemptsBeforeStayAsTheyWere() throws Exception {
        complete = true;
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.open(fixture.pools);
            UUID id = fixture.wish(pool, "raise", "[\"no\"]")
                    .retries(1, Duration.ofMillis(500))
                    .submit();
            Eventually.within(DetachedFixture.PATIENCE, () -> assertThat(state(fixture, id))
                    .isEqualTo(JobState.SCHEDULED));
            Attempt first = Objects.requireNonNull(fixture.find(id).job().latest());
            complete = false;
            pool.renew();

            JobView waits = untilMissing(fixture, id);
            assertThat(waits.job().latest()).isEqualTo(first);
            assertThat(waits.attempts()).containsExactly(first);

            complete = true;
            pool.renew();
            fixture.engine.functionsChanged();
            assertThat(fixture.ended(id).job().state()).isEqualTo(JobState.FAILED);
            assertThat(fixture.find(id).attempts()).hasSize(2).startsWith(first);
        }
    }

    private static JobState state(DetachedFixture fixture, UUID id) {
        return Eventually.until(DetachedFixture.PATIENCE, () -> fixture.state(id));
    }

    @Test
    void aMapKeepsTheResultsThatItHas() throws Exception {
        complete = true;
        try (DetachedFixture fixture = fixture()) {
            PoolSettings renewing =
                    new PoolSettings(PoolKind.PROCESS, 1, 100, null, null, 2, 1, null, null, null, "java");
            Pool pool = fixture.pools.put("cpu", renewing).pool();
            fixture.engine.open(fixture.pools);
            Eventually.within(
                    DetachedFixture.PATIENCE, () -> assertThat(pool.idleSlots()).isEqualTo(1));
            complete = false; // from the second worker on
            UUID id = fixture.wish(pool, "too_large", "[1,2,3,4,5]")
                    .map(5, 1, false)
                    .submit();

            JobView waits = untilMissing(fixture, id);
            assertThat(waits.job().attempt()).isZero();
            assertThat(String.valueOf(waits.job().progress())).contains("\"done\":2,");

            complete = true;
            pool.renew();
            fixture.engine.functionsChanged();
            assertThat(fixture.ended(id).job().state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(fixture.find(id).attempts()).extracting(Attempt::number).containsExactly(1);
            assertThat(fixture.jobs.results(id, 0).stream()
                            .mapToInt(MapResults::count)
                            .sum())
                    .isEqualTo(5);
            assertThat(pool.view().counters().succeeded())
                    .as("no item ran twice")
                    .isEqualTo(5);
        }
    }
}
