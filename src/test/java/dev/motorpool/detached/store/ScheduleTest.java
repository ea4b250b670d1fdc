package dev.motorpool.detached.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.DetachedFixture;
import dev.motorpool.detached.FaultyStore;
import dev.motorpool.detached.SettableClock;
import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.job.JobState;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.Eventually;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Timed transitions, with a clock that the test sets: hours pass without waiting. */
@Tag("service")
class ScheduleTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final SettableClock clock = new SettableClock(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    private final DetachedFixture fixture;
    private final Pool pool;

    ScheduleTest(@TempDir Path directory) {
        fixture = new DetachedFixture(directory.resolve("jobs.db"), clock, DetachedSettings.DEFAULT);
        pool = fixture.pool("io", PoolKind.COROUTINE, 4);
    }

    @BeforeEach
    void takeUp() throws Exception {
        fixture.engine.takeUp(fixture.pools);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aDelayedJobStartsAtItsTimeAndNotBefore() throws Exception {
        UUID id = fixture.wish(pool, "echo", "[1]").delay(HOUR).submit();
        Instant due = clock.instant().plus(HOUR);
        assertThat(fixture.find(id).job().dueAt()).isEqualTo(due);
        assertThat(Objects.requireNonNull(fixture.find(id).place()).estimatedStart())
                .isEqualTo(due);

        pass(HOUR.minusMillis(1));
        assertThat(fixture.state(id)).isEqualTo(JobState.SCHEDULED);
        assertThat(fixture.engine.perform(clock.instant()))
                .as("when to look again")
                .isEqualTo(due);

        pass(Duration.ofMillis(1));
        assertThat(fixture.ended(id).job().state()).isEqualTo(JobState.SUCCEEDED);
    }

    /** Includes jobs that run or end meanwhile; other changes run between the transactions. */
    @Test
    void manyAreCancelledInManyTransactionsAndCountedExactly() throws Exception {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            ids.add(fixture.wish(pool, i % 2 == 0 ? "sleep" : "echo", "[600]")
                    .tag("bulk", "yes")
                    .delay(i % 2 == 0 ? null : HOUR)
                    .submit());
        }
        UUID before =
                fixture.wish(pool, "echo", "[1]").tag("bulk", "no").delay(HOUR).submit();
        assertThat(Objects.requireNonNull(fixture.jobs.cancel(ids.get(5))).job().state())
                .isEqualTo(JobState.CANCELLED);
        JobFilter bulk = new JobFilter(Set.of(), null, null, Map.of("bulk", "yes"));
        fixture.store.plan(FaultyStore.Plan.none());

        assertThat(fixture.jobs.cancelAll(bulk)).isEqualTo(699);

        assertThat(fixture.store.calls("write")).isGreaterThan(3);
        assertThat(fixture.jobs.cancelAll(bulk)).isZero();
        for (UUID id : ids) {
            assertThat(fixture.state(id)).isEqualTo(JobState.CANCELLED);
        }
        assertThat(fixture.state(before)).isEqualTo(JobState.SCHEDULED);
        assertThat(fixture.engine.outstanding()).isEqualTo(1);
    }

    @Test
    void aStartLongAgoIsOneAtOnceBehindWhatCameBefore() throws Exception {
        pool.pause();
        UUID before = fixture.wish(pool, "echo", "[1]").submit();
        UUID longAgo = fixture.wish(pool, "echo", "[2]")
                .delay(Duration.ofDays(-365 * 300))
                .submit();

        assertThat(fixture.state(longAgo)).isEqualTo(JobState.QUEUED);
        assertThat(position(before)).isZero();
        assertThat(position(longAgo)).isEqualTo(1);
    }

    private long position(UUID id) throws Exception {
        return Objects.requireNonNull(
                Objects.requireNonNull(fixture.find(id).place()).position());
    }

    /** Three centuries in nanoseconds exceed a long. */
    @Test
    void theThreadOfTheScheduleOutlivesWhatWasDueCenturiesAgo() {
        AtomicInteger performed = new AtomicInteger();
        try (Schedule schedule = new Schedule(Clock.systemUTC(), now -> {
            performed.incrementAndGet();
            return Instant.EPOCH.minus(Duration.ofDays(365 * 300));
        })) {
            schedule.wakeBy(Instant.MIN);
            schedule.start();
            Eventually.within(
                    Duration.ofSeconds(10), () -> assertThat(performed.get()).isGreaterThan(2));
        }
    }

    @Test
    void delayedJobsComeInTheOrderOfTheirTimes() throws Exception {
        pool.pause();
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(fixture.wish(pool, "echo", "[" + i + "]")
                    .delay(HOUR.minusMinutes(i))
                    .submit());
        }
        pass(HOUR);
        for (int i = 0; i < ids.size(); i++) {
            assertThat(Objects.requireNonNull(fixture.find(ids.get(i)).place()).position())
                    .isEqualTo(ids.size() - 1L - i);
        }
        pool.resume();
        for (UUID id : ids) {
            assertThat(fixture.ended(id).job().state()).isEqualTo(JobState.SUCCEEDED);
        }
    }

    @Test
    void theDelayOfRetriesDoublesUpToAnHour() throws Exception {
        UUID id = fixture.wish(pool, "raise", "[\"no\"]")
                .retries(14, Duration.ofSeconds(1))
                .submit();
        for (int failures = 1; failures <= 14; failures++) {
            int attempt = failures;
            Eventually.until(DetachedFixture.PATIENCE, () -> {
                assertThat(fixture.find(id).job().state()).isEqualTo(JobState.SCHEDULED);
                assertThat(fixture.find(id).job().attempt()).isEqualTo(attempt);
                return true;
            });
            // The jitter is up to a tenth, and half of that here.
            double seconds = Math.min(3600, Math.pow(2, failures - 1) * 1.05);
            Instant due = clock.instant().plusMillis(Math.round(seconds * 1000));
            assertThat(fixture.find(id).job().dueAt()).isEqualTo(due);
            assertThat(fixture.find(id).job().retriesLeft()).isEqualTo(14 - failures);
            pass(Duration.between(clock.instant(), due).minusMillis(1));
            assertThat(fixture.state(id)).isEqualTo(JobState.SCHEDULED);
            pass(Duration.ofMillis(1));
        }
        JobView end = fixture.ended(id);
        assertThat(end.job().state()).isEqualTo(JobState.FAILED);
        assertThat(fixture.find(id).attempts()).hasSize(15).allMatch(attempt -> attempt.error() != null);
    }

    @Test
    void aJobThatHasNotStartedExpiresAndARetryHasATimeOfItsOwn() throws Exception {
        UUID id = fixture.wish(pool, "echo", "[1]")
                .delay(HOUR.multipliedBy(2))
                .expires(HOUR)
                .submit();
        pass(HOUR.minusMillis(1));
        assertThat(fixture.state(id)).isEqualTo(JobState.SCHEDULED);
        pass(Duration.ofMillis(1));
        assertThat(fixture.state(id)).isEqualTo(JobState.EXPIRED);
        assertThat(fixture.find(id).job().finishedAt()).isEqualTo(clock.instant());

        pool.pause();
        JobView again = Objects.requireNonNull(fixture.jobs.retry(id));
        assertThat(again.job().expiresAt()).isEqualTo(clock.instant().plus(HOUR));
        pool.resume();
        assertThat(fixture.ended(id).job().state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(fixture.find(id).job().attempt()).isEqualTo(1);
    }

    @Test
    void moreThanAStepOfJobsExpiresAtOnce() throws Exception {
        int many = 1_100;
        for (int i = 0; i < many; i++) {
            fixture.wish(pool, "echo", "[1]")
                    .delay(HOUR.multipliedBy(2))
                    .expires(HOUR)
                    .submit();
        }
        assertThat(fixture.engine.outstanding()).isEqualTo(many);
        for (Instant next = pass(HOUR); !next.isAfter(clock.instant()); ) {
            next = fixture.engine.perform(clock.instant());
        }
        assertThat(fixture.engine.outstanding()).isZero();
    }

    @Test
    void aFinishedJobIsForgottenWhenItsTimeIsOver() throws Exception {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            ids.add(fixture.wish(pool, "echo", "[" + i + "]").retain(HOUR).submit());
        }
        UUID kept =
                fixture.wish(pool, "echo", "[1]").retain(HOUR.multipliedBy(2)).submit();
        Instant latest = Objects.requireNonNull(fixture.ended(kept).job().finishedAt());
        for (UUID id : ids) {
            Instant end = Objects.requireNonNull(fixture.ended(id).job().finishedAt());
            latest = end.isAfter(latest) ? end : latest;
        }
        Instant first =
                Objects.requireNonNull(fixture.store.read(JobReader::nextForgotten), "when the first is forgotten");
        pass(Duration.between(clock.instant(), first.minusMillis(1)));
        for (UUID id : ids) {
            assertThat(fixture.jobs.find(id, false)).isNotNull();
        }
        pass(Duration.between(clock.instant(), latest.plus(HOUR).plusMillis(1)));
        for (UUID id : ids) {
            assertThat(fixture.jobs.find(id, false)).isNull();
        }
        assertThat(fixture.jobs.find(kept, false)).isNotNull();
    }

    @Test
    void poolsThatAreGoneLeaveNothingInMemory() throws Exception {
        fixture.engine.perform(clock.instant());
        int before = fixture.engine.feeds();
        for (int i = 0; i < 5; i++) {
            Pool brief = fixture.pool("brief-" + i, PoolKind.COROUTINE, 1);
            fixture.ended(fixture.wish(brief, "echo", "[1]").submit());
            fixture.ended(fixture.wish(brief, "echo", "[1,2,3]").map(3).submit());
            brief.terminate();
            Eventually.until(DetachedFixture.PATIENCE, () -> fixture.pools.delete(brief.name()));
        }
        assertThat(fixture.engine.feeds()).isEqualTo(before + 5);
        Eventually.within(DetachedFixture.PATIENCE, () -> {
            fixture.engine.perform(clock.instant());
            assertThat(fixture.engine.feeds()).isEqualTo(before);
        });
        Pool again = fixture.pool("brief-0", PoolKind.COROUTINE, 1);
        assertThat(fixture.ended(fixture.wish(again, "echo", "[1]").submit())
                        .job()
                        .state())
                .isEqualTo(JobState.SUCCEEDED);
    }

    /** Advances the time and performs what is due; returns the time of the next run. */
    private Instant pass(Duration time) {
        clock.pass(time);
        return fixture.engine.perform(clock.instant());
    }
}
