package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.Waiting;
import dev.motorpool.job.JobState;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose function or pool is missing wait for it, after a restart and while the service runs. */
@Tag("service")
class MissingFunctionTest {

    private static final JobFilter OF_ECHO = new JobFilter(Set.of(), "echo", null, Map.of());

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock(Instant.now().truncatedTo(ChronoUnit.MILLIS));

    /** Whether there is a function {@code echo}; read by all threads of the engine. */
    private volatile boolean echo = true;

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
            for (JobView job : without.jobs.list(OF_ECHO, null, 10).jobs()) {
                Waiting waiting = Objects.requireNonNull(job.waiting());
                assertThat(waiting.reason())
                        .isEqualTo(
                                job.job().state() == JobState.SCHEDULED
                                        ? Waiting.Reason.START_TIME
                                        : Waiting.Reason.FUNCTION_MISSING);
                assertThat(waiting.since()).isEqualTo(job.job().createdAt());
            }
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

    private static Waiting waiting(DetachedFixture fixture, UUID id) throws Exception {
        return Objects.requireNonNull(fixture.find(id).waiting());
    }

    @Test
    void aFunctionGoesAndComesBackWhileTheServiceRuns() throws Exception {
        try (DetachedFixture fixture = start(function -> echo || !function.equals("echo"))) {
            Pool pool = open(fixture);
            pool.pause();
            UUID single = fixture.wish(pool, "echo", "[1]").submit();
            UUID map = fixture.wish(pool, "echo", "[1,2,3]").map(3).submit();
            UUID delayed =
                    fixture.wish(pool, "echo", "[1]").delay(Duration.ofHours(1)).submit();
            clock.pass(Duration.ofMinutes(1));
            Instant goneAt = clock.instant();
            echo = false;
            fixture.engine.functionsChanged();
            pool.resume();

            assertThat(fixture.ended(fixture.wish(pool, "sleep", "[0]").submit())
                            .job()
                            .state())
                    .isEqualTo(JobState.SUCCEEDED);
            clock.pass(Duration.ofHours(2));
            Instant _ = fixture.engine.perform(clock.instant());
            for (UUID id : List.of(single, map, delayed)) {
                JobView job = fixture.find(id);
                assertThat(job.job().state()).isEqualTo(JobState.QUEUED);
                assertThat(job.job().attempt()).isZero();
                assertThat(job.place()).isEqualTo(new JobView.Place(null, null));
                assertThat(waiting(fixture, id).reason()).isEqualTo(Waiting.Reason.FUNCTION_MISSING);
                assertThat(waiting(fixture, id).detail()).contains("'echo'");
            }
            assertThat(waiting(fixture, single).since()).isEqualTo(goneAt);
            assertThat(waiting(fixture, delayed).since())
                    .as("when it became due")
                    .isEqualTo(goneAt.plus(Duration.ofMinutes(59)));

            echo = true;
            fixture.engine.functionsChanged();
            for (UUID id : List.of(single, map, delayed)) {
                JobView end = fixture.ended(id);
                assertThat(end.job().state()).isEqualTo(JobState.SUCCEEDED);
                assertThat(end.job().attempt()).isEqualTo(1);
                assertThat(end.waiting()).isNull();
            }
        }
    }

    @Test
    void tenThousandJobsOfAMissingFunctionDoNotHoldUpOthers() throws Exception {
        List<UUID> missing;
        try (DetachedFixture first = start(function -> true)) {
            Pool pool = open(first);
            pool.pause();
            missing = submitMany(first, pool);
        }
        echo = false;
        try (DetachedFixture fixture = start(function -> echo || !function.equals("echo"))) {
            Pool pool = open(fixture);
            run(fixture, pool, 1);
            fixture.store.plan(FaultyStore.Plan.none());
            run(fixture, pool, 200);
            assertThat(fixture.store.calls("reader.queued"))
                    .as("readings of the queue for jobs that came later")
                    .isZero();

            echo = true;
            fixture.engine.functionsChanged();
            run(fixture, pool, 10);
            echo = false;
            fixture.store.plan(FaultyStore.Plan.none());
            fixture.engine.functionsChanged();
            run(fixture, pool, 10);
            assertThat(fixture.store.calls("reader.queued"))
                    .as("readings of the queue after the function has gone")
                    .isLessThan(10);

            echo = true;
            fixture.engine.functionsChanged();
            for (UUID id : missing) {
                assertThat(fixture.ended(id).job().attempt()).isEqualTo(1);
            }
        }
    }

    private static List<UUID> submitMany(DetachedFixture fixture, Pool pool) throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<UUID>> submissions = Collections.nCopies(
                    10_000, () -> fixture.wish(pool, "echo", "[1]").submit());
            List<UUID> ids = new ArrayList<>();
            for (Future<UUID> made : clients.invokeAll(submissions)) {
                ids.add(made.get());
            }
            return ids;
        }
    }

    private static void run(DetachedFixture fixture, Pool pool, int jobs) throws Exception {
        for (int i = 0; i < jobs; i++) {
            UUID id = fixture.wish(pool, "sleep", "[0]").submit();
            assertThat(fixture.ended(id).job().state()).isEqualTo(JobState.SUCCEEDED);
        }
    }

    @Test
    void aJobWhosePoolIsGoneWaitsAndCannotBeRetried() throws Exception {
        UUID failed;
        UUID succeeded;
        UUID waits;
        try (DetachedFixture first = start(function -> true)) {
            Pool pool = open(first);
            failed = first.wish(pool, "raise", "[]").submit();
            succeeded = first.wish(pool, "echo", "[1]").submit();
            assertThat(first.ended(failed).job().state()).isEqualTo(JobState.FAILED);
            assertThat(first.ended(succeeded).job().state()).isEqualTo(JobState.SUCCEEDED);
            pool.pause();
            waits = first.wish(pool, "echo", "[1]").submit();
        }
        try (DetachedFixture without = start(function -> true)) {
            without.engine.takeUp(without.pools);
            Waiting waiting = waiting(without, waits);
            assertThat(waiting.reason()).isEqualTo(Waiting.Reason.POOL_MISSING);
            assertThat(waiting.since()).isEqualTo(without.find(waits).job().createdAt());
            assertThat(waiting.detail()).contains("'io'");
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
