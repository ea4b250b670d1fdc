package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.JobEvent;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.ReturnWhen;
import dev.motorpool.detached.wait.JobEvents;
import dev.motorpool.detached.wait.JobWait;
import dev.motorpool.detached.wait.ManyWait;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.LeavesNothingBehind;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand clients wait for jobs, each in one of three ways. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class ManyWaitersTest {

    private static final int WAITERS = 10_000;
    private static final int MORE_THREADS = 16;
    private static final Duration LONG = Duration.ofSeconds(60);

    /** Generous, because the machine may be busy. */
    private static final double MOST_MEDIAN_MILLIS = 500;

    @TempDir
    Path directory;

    /** When the first client learned of each job's end, by job number. */
    private final AtomicLongArray told = new AtomicLongArray(WAITERS);

    @Test
    void whoWaitsForOneOfManyJobsHearsOfItAtOnce() throws Exception {
        measure("one job each", WAITERS);
    }

    @Test
    void whoWaitsWithThousandsForOneJobHearsOfItAtOnce() throws Exception {
        measure("all for one job", 1);
    }

    private void measure(String what, int count) throws Exception {
        try (DetachedFixture fixture =
                        new DetachedFixture(directory.resolve("jobs.db"), Clock.systemUTC(), DetachedSettings.DEFAULT);
                ExecutorService waiters = Executors.newVirtualThreadPerTaskExecutor()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 50);
            fixture.engine.open(fixture.pools);
            pool.pause();
            List<UUID> ids = submit(fixture, pool, count);
            for (int i = 0; i < count; i++) {
                int number = i;
                fixture.engine.watchers().add(ids.get(i), job -> told.set(number, System.nanoTime()));
            }
            int before = ManagementFactory.getThreadMXBean().getThreadCount();
            CountDownLatch waiting = new CountDownLatch(WAITERS);
            List<Future<Long>> answered = new ArrayList<>();
            for (int i = 0; i < WAITERS; i++) {
                int way = i % 3;
                UUID id = ids.get(i % count);
                answered.add(waiters.submit(() -> {
                    await(fixture.jobs, id, way, waiting);
                    return System.nanoTime();
                }));
            }
            assertThat(waiting.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            int threads = ManagementFactory.getThreadMXBean().getThreadCount() - before;
            pool.resume();
            long[] nanos = new long[WAITERS];
            for (int i = 0; i < WAITERS; i++) {
                nanos[i] = answered.get(i).get(LONG.toSeconds(), TimeUnit.SECONDS);
                told.accumulateAndGet(i % count, nanos[i], Math::min);
            }
            for (int i = 0; i < WAITERS; i++) {
                nanos[i] -= told.get(i % count);
            }
            Arrays.sort(nanos);
            double median = nanos[WAITERS / 2] / 1e6;
            System.out.printf(
                    "%d waiters, %s: answered %.2f ms after the end was on stable storage (median), %.2f ms (p99);"
                            + " %d threads more%n",
                    WAITERS, what, median, nanos[WAITERS * 99 / 100] / 1e6, threads);
            assertThat(threads).isLessThan(MORE_THREADS);
            assertThat(median).isLessThan(MOST_MEDIAN_MILLIS);
        }
    }

    private static List<UUID> submit(DetachedFixture fixture, Pool pool, int count) throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<UUID>> submitted = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String args = "[" + i + "]";
                submitted.add(
                        clients.submit(() -> fixture.wish(pool, "echo", args).submit()));
            }
            List<UUID> ids = new ArrayList<>();
            for (Future<UUID> one : submitted) {
                ids.add(one.get(LONG.toSeconds(), TimeUnit.SECONDS));
            }
            return ids;
        }
    }

    private static void await(DetachedJobs jobs, UUID id, int way, CountDownLatch waiting) throws Exception {
        switch (way) {
            case 0 -> {
                try (JobWait wait = jobs.await(id, LONG, true)) {
                    waiting.countDown();
                    JobView end = Objects.requireNonNull(wait.await());
                    assertThat(end.job().state().isFinal()).isTrue();
                }
            }
            case 1 -> {
                try (ManyWait wait = jobs.awaitAll(List.of(id), ReturnWhen.ALL_COMPLETED, LONG)) {
                    waiting.countDown();
                    assertThat(wait.await().notDone()).isEmpty();
                }
            }
            default -> {
                try (JobEvents events = Objects.requireNonNull(jobs.events(id))) {
                    waiting.countDown();
                    while (!events.ended()) {
                        JobEvent _ = events.next(LONG);
                    }
                }
            }
        }
    }
}
