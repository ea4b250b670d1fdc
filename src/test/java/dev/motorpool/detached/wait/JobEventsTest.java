package dev.motorpool.detached.wait;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.DetachedFixture;
import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.JobEvent;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobState;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The events of random jobs, with retries, delays and cancellations: each sequence is a valid life of a job. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class JobEventsTest {

    private static final int JOBS = 150;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** A second listener and a cancellation come after fewer events than this. */
    private static final int EVENTS_BEFORE = 7;

    @TempDir
    Path directory;

    @Test
    void theEventsOfAJobAreItsLife() throws Exception {
        try (DetachedFixture fixture =
                        new DetachedFixture(directory.resolve("jobs.db"), Clock.systemUTC(), DetachedSettings.DEFAULT);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Pool pool = fixture.pool("threads", PoolKind.THREAD, 8);
            fixture.engine.open(fixture.pools);
            pool.pause();
            CountDownLatch listening = new CountDownLatch(JOBS);
            List<Future<List<JobEvent>>> early = live(JOBS, fixture, pool, clients, listening);
            assertThat(listening.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            pool.resume();
            List<Future<List<JobEvent>>> late = live(JOBS, fixture, pool, clients, new CountDownLatch(0));
            for (Future<List<JobEvent>> life : early) {
                assertLegal(life.get());
                assertComplete(life.get());
            }
            for (Future<List<JobEvent>> life : late) {
                assertLegal(life.get());
            }
        }
    }

    /** Submits random jobs, listens to each, and cancels some. */
    private static List<Future<List<JobEvent>>> live(
            int jobs, DetachedFixture fixture, Pool pool, ExecutorService clients, CountDownLatch listening) {
        List<Future<List<JobEvent>>> lives = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            Random random = new Random(i);
            lives.add(clients.submit(() -> {
                UUID id = randomJob(fixture, pool, random);
                JobEvents events = Objects.requireNonNull(fixture.jobs.events(id));
                listening.countDown();
                CountDownLatch anotherListens = new CountDownLatch(random.nextInt(EVENTS_BEFORE));
                Future<List<JobEvent>> another = clients.submit(() -> {
                    anotherListens.await();
                    return readAll(Objects.requireNonNull(fixture.jobs.events(id)));
                });
                boolean cancels = random.nextInt(4) == 0;
                CountDownLatch cancellation = new CountDownLatch(random.nextInt(EVENTS_BEFORE));
                Future<?> cancel = clients.submit(() -> {
                    cancellation.await();
                    if (cancels) {
                        JobView _ = fixture.jobs.cancel(id);
                    }
                    return null;
                });
                List<JobEvent> life = readAll(events, anotherListens, cancellation);
                cancel.get();
                assertLegal(another.get());
                return life;
            }));
        }
        return lives;
    }

    private static UUID randomJob(DetachedFixture fixture, Pool pool, Random random) throws Exception {
        DetachedFixture.Wish wish =
                switch (random.nextInt(6)) {
                    case 0 -> fixture.wish(pool, "echo", "[1]");
                    case 1 -> fixture.wish(pool, "print", "[\"one\\n\"]");
                    case 2 -> fixture.wish(pool, "sleep", "[0.02]");
                    case 3 -> fixture.wish(pool, "echo", "[1,2,3,4,5]").map(5);
                    default -> fixture.wish(pool, "raise", "[]");
                };
        wish.retries(random.nextInt(4), Duration.ofMillis(random.nextInt(3) * 15L));
        if (random.nextInt(3) == 0) {
            wish.delay(Duration.ofMillis(1 + random.nextInt(60)));
        }
        if (random.nextInt(6) == 0) {
            wish.expires(Duration.ofMillis(1 + random.nextInt(60)));
        }
        return wish.submit();
    }

    /** Reads to the end. Counts the latches down with each event, and to zero at the end. */
    private static List<JobEvent> readAll(JobEvents events, CountDownLatch... followers) throws InterruptedException {
        try (events) {
            List<JobEvent> all = new ArrayList<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!events.ended()) {
                JobEvent next = events.next(PATIENCE);
                if (next != null) {
                    all.add(next);
                    Stream.of(followers).forEach(CountDownLatch::countDown);
                }
                assertThat(System.nanoTime() - deadline).as("after %s", all).isNegative();
            }
            assertThat(events.next(Duration.ofMillis(1)))
                    .as("after the end of %s", all)
                    .isNull();
            return all;
        } finally {
            for (CountDownLatch follower : followers) {
                while (follower.getCount() > 0) {
                    follower.countDown();
                }
            }
        }
    }

    /** States follow each other as API.md permits, and reports of an attempt arrive while it runs. */
    private static void assertLegal(List<JobEvent> life) {
        assertThat(life.getLast()).as("%s", life).isInstanceOf(JobEvent.State.class);
        StoredJob now = null;
        JobEvent before = null;
        for (JobEvent event : life) {
            assertThat(event).as("neighbours in %s", life).isNotEqualTo(before);
            switch (event) {
                case JobEvent.State(JobView view) -> {
                    StoredJob next = view.job();
                    assertThat(now == null || isLegal(now, next))
                            .as("to %s of attempt %d in %s", next.state(), next.attempt(), life)
                            .isTrue();
                    assertThat(view.attempts())
                            .as("attempts in %s", life)
                            .extracting(Attempt::number)
                            .doesNotHaveDuplicates()
                            .hasSize(next.attempt());
                    now = next;
                }
                case JobEvent.Output output -> assertRuns(now, output.attempt(), life);
                case JobEvent.Progress(int attempt, var _) ->
                    assertThat(attempt)
                            .as("progress in %s", life)
                            .isEqualTo(Objects.requireNonNull(now).attempt());
            }
            before = event;
        }
        assertThat(Objects.requireNonNull(now).state().isFinal()).as("%s", life).isTrue();
    }

    private static void assertRuns(@Nullable StoredJob now, int attempt, List<JobEvent> life) {
        StoredJob job = Objects.requireNonNull(now);
        assertThat(job.state()).as("output in %s", life).isEqualTo(JobState.RUNNING);
        assertThat(job.attempt()).as("output in %s", life).isEqualTo(attempt);
    }

    private static boolean isLegal(StoredJob before, StoredJob after) {
        boolean sameAttempt = after.attempt() == before.attempt();
        return switch (after.state()) {
            case SCHEDULED -> before.state() == JobState.RUNNING && sameAttempt;
            case QUEUED -> before.state() == JobState.SCHEDULED && sameAttempt;
            case RUNNING -> before.state() == JobState.QUEUED && after.attempt() == before.attempt() + 1;
            case SUCCEEDED, FAILED -> before.state() == JobState.RUNNING && sameAttempt;
            case CANCELLED, EXPIRED -> !before.state().isFinal() && sameAttempt;
        };
    }

    /** Every attempt has its start among the events. */
    private static void assertComplete(List<JobEvent> life) {
        List<StoredJob> states = life.stream()
                .filter(JobEvent.State.class::isInstance)
                .map(event -> ((JobEvent.State) event).job().job())
                .toList();
        assertThat(states.getFirst().attempt()).as("%s", life).isZero();
        assertThat(states)
                .filteredOn(job -> job.state() == JobState.RUNNING)
                .as("%s", life)
                .hasSize(states.getLast().attempt());
    }
}
