package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.job.JobState;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose function or pool is missing after a restart wait for it. */
@Tag("service")
class MissingFunctionTest {

    private static final JobFilter OF_ECHO = new JobFilter(Set.of(), "echo", null, Map.of());

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock(Instant.now().truncatedTo(ChronoUnit.MILLIS));

    private DetachedFixture start(Predicate<String> functions) {
        return new DetachedFixture(directory.resolve("jobs.db"), clock, clock, DetachedSettings.DEFAULT, functions);
    }

    private static Pool open(DetachedFixture fixture) throws Exception {
        Pool pool = fixture.pool("io", PoolKind.COROUTINE, 4);
        fixture.engine.takeUp(fixture.pools);
        return pool;
    }

    @Test
    void aJobWaitsUntilItsFunctionIsThereAgain() throws Exception {
        UUID single;
        UUID map;
        UUID cancelled;
        UUID expiring;
        UUID delayed;
        try (DetachedFixture first = start(function -> true)) {
            Pool pool = open(first);
            pool.pause();
            single = first.wish(pool, "echo", "[1]").submit();
            map = first.wish(pool, "echo", "[1,2,3]").map(3).submit();
            cancelled = first.wish(pool, "echo", "[1]").submit();
            expiring =
                    first.wish(pool, "echo", "[1]").expires(Duration.ofHours(1)).submit();
            delayed = first.wish(pool, "echo", "[1]").delay(Duration.ofHours(2)).submit();
        }
        try (DetachedFixture without = start(function -> !function.equals("echo"))) {
            Pool pool = open(without);
            assertThat(without.ended(without.wish(pool, "sleep", "[0]").submit())
                            .job()
                            .state())
                    .as("what comes later and has its function")
                    .isEqualTo(JobState.SUCCEEDED);
            assertThat(without.jobs.list(OF_ECHO, null, 10).jobs())
                    .extracting(view -> view.job().state())
                    .containsExactly(
                            JobState.SCHEDULED, JobState.QUEUED, JobState.QUEUED, JobState.QUEUED, JobState.QUEUED);
            assertThat(without.find(single).job().attempt()).isZero();
            without.jobs.cancel(cancelled);
            clock.pass(Duration.ofHours(2));
            Instant _ = without.engine.perform(clock.instant());
            assertThat(without.state(cancelled)).isEqualTo(JobState.CANCELLED);
            assertThat(without.state(expiring)).isEqualTo(JobState.EXPIRED);
            assertThat(without.state(delayed)).isEqualTo(JobState.QUEUED);
            assertThat(without.state(single)).isEqualTo(JobState.QUEUED);
            assertThat(retryRefusal(without, cancelled)).isEqualTo(ProblemType.UNKNOWN_FUNCTION);
        }
        try (DetachedFixture again = start(function -> true)) {
            Pool _ = open(again);
            for (UUID id : List.of(single, map, delayed)) {
                JobView end = again.ended(id);
                assertThat(end.job().state()).isEqualTo(JobState.SUCCEEDED);
                assertThat(end.job().attempt()).isEqualTo(1);
            }
        }
    }

    @Test
    void aJobWhosePoolIsGoneCannotBeRetried() throws Exception {
        UUID failed;
        UUID succeeded;
        try (DetachedFixture first = start(function -> true)) {
            Pool pool = open(first);
            failed = first.wish(pool, "raise", "[]").submit();
            succeeded = first.wish(pool, "echo", "[1]").submit();
            assertThat(first.ended(failed).job().state()).isEqualTo(JobState.FAILED);
            assertThat(first.ended(succeeded).job().state()).isEqualTo(JobState.SUCCEEDED);
        }
        try (DetachedFixture without = start(function -> true)) {
            without.engine.takeUp(without.pools);
            assertThat(retryRefusal(without, failed)).isEqualTo(ProblemType.UNKNOWN_POOL);
            assertThat(retryRefusal(without, succeeded)).isEqualTo(ProblemType.JOB_NOT_FAILED);
        }
    }

    private static ProblemType retryRefusal(DetachedFixture fixture, UUID id) {
        CallRefusedException refused = catchThrowableOfType(CallRefusedException.class, () -> fixture.jobs.retry(id));
        assertThat(refused).isNotNull();
        return refused.error().type();
    }
}
