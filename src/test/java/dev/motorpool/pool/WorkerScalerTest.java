package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.trace.Spans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many workers a pool has, in virtual time. */
class WorkerScalerTest {

    private static final long MILLISECOND = 1_000_000;
    private static final EngineLimits LIMITS =
            new EngineLimits(1 << 20, 1 << 20, Duration.ofSeconds(1), Duration.ofMillis(50), Duration.ofMillis(20));

    private final VirtualTime time = new VirtualTime();
    private final SplittableRandom random = new SplittableRandom(7);
    private final List<SimulatedWorker> workers = new ArrayList<>();
    /** The worker of each finished call, in order. */
    private final List<SimulatedWorker> finished = new ArrayList<>();

    private int submitted;

    private Pool pool(PoolSettings settings) {
        Pool pool = new Pool(
                "sim",
                settings,
                LIMITS,
                name -> shape -> {
                    throw new UnsupportedOperationException();
                },
                new PoolEvents() {},
                time,
                new Spawner(),
                (id, command, listener) -> {
                    SimulatedWorker worker = new SimulatedWorker(
                            time, random.split(), settings.sequential(), 0, 20_000, new Nobody(finished), listener);
                    workers.add(worker);
                    return worker;
                },
                Spans.NONE);
        pool.open();
        return pool;
    }

    /** Each worker of this pool retires with its first call, which lasts: so would there be one for each slot. */
    @ParameterizedTest
    @EnumSource(names = {"THREAD", "COROUTINE"})
    void retiringWorkersDoNotPileUp(PoolKind kind) throws RefusedException {
        Pool pool = pool(new PoolSettings(kind, 100, 1_000, null, null, 1, 1, null, null, null, "java"));
        List<PendingCall> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(submit(pool));
        }
        long most = 0;
        for (int i = 0; i < 20_000; i++) {
            time.runUntil(time.nanoTime() + MILLISECOND / 20);
            most = Math.max(
                    most, workers.stream().filter(SimulatedWorker::living).count());
        }
        assertThat(most).isBetween(5L, 12L);
        assertThat(calls).allMatch(call -> call.outcome().toCompletableFuture().isDone());
        assertThat(pool.view().counters().succeeded()).isEqualTo(200);
        pool.terminate();
        time.runUntil(time.nanoTime() + 1_000 * MILLISECOND);
        assertThat(pool.workers()).isEmpty();
    }

    /** A call that runs for 20 ms. */
    private PendingCall submit(Pool pool) throws RefusedException {
        return pool.submit(new CallRequest(
                new UUID(0, ++submitted),
                1,
                "long",
                RawJson.of("[" + 20 * MILLISECOND + "]"),
                RawJson.EMPTY_OBJECT,
                null,
                null,
                0,
                submitted,
                null));
    }

    private void pass(Duration duration) {
        time.runUntil(time.nanoTime() + duration.toNanos());
    }

    private long living() {
        return workers.stream().filter(SimulatedWorker::living).count();
    }

    private static PoolSettings onDemand(PoolKind kind, int size, Duration idle) {
        return new PoolSettings(kind, size, 1_000, null, null, null, 1, null, null, idle, "java");
    }

    @Test
    void workersStartWhenCallsNeedThemAndEndWhenTheyAreIdle() throws RefusedException {
        Pool pool = pool(onDemand(PoolKind.PROCESS, 4, Duration.ofSeconds(10)));
        pass(Duration.ofSeconds(30));
        assertThat(workers).isEmpty();
        assertThat(pool.view().state()).isEqualTo(PoolState.RUNNING);
        PendingCall first = submit(pool);
        pass(Duration.ofSeconds(1));
        assertThat(first.outcome().toCompletableFuture()).isDone();
        assertThat(living()).isEqualTo(1);
        for (int i = 0; i < 20; i++) {
            submit(pool);
        }
        pass(Duration.ofSeconds(1));
        assertThat(living()).isEqualTo(4);
        for (int i = 0; i < 20; i++) { // one at a time: one worker stays
            submit(pool);
            pass(Duration.ofSeconds(1));
        }
        assertThat(living()).isEqualTo(1);
        pass(Duration.ofSeconds(9));
        assertThat(living()).isEqualTo(1);
        pass(Duration.ofSeconds(2));
        assertThat(living()).isZero();
        PendingCall last = submit(pool);
        pass(Duration.ofSeconds(1));
        assertThat(last.outcome().toCompletableFuture()).isDone();
        pool.close();
        pass(Duration.ofSeconds(1));
        assertThat(pool.workers()).isEmpty();
    }

    @Test
    void withoutTheIdleTimeoutAllWorkersStay() throws RefusedException {
        Pool pool = pool(onDemand(PoolKind.PROCESS, 3, Duration.ofSeconds(10)));
        PoolSettings usual =
                new PoolSettings(PoolKind.PROCESS, 3, 1_000, null, null, null, 1, null, null, null, "java");
        pool.change(usual);
        pass(Duration.ofSeconds(30));
        assertThat(living()).isEqualTo(3);
        pool.change(onDemand(PoolKind.PROCESS, 3, Duration.ofSeconds(10)));
        pass(Duration.ofSeconds(11));
        assertThat(living()).isZero();
        pool.terminate();
    }

    @ParameterizedTest
    @EnumSource
    void renewedWorkersFinishWhatRunsAndTakeNothingThatWaits(PoolKind kind) throws RefusedException {
        Pool pool = pool(new PoolSettings(kind, 2, 1_000, null, null, null, 1, null, null, null, "java"));
        pass(Duration.ofSeconds(1));
        List<PendingCall> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(submit(pool));
        }
        pass(Duration.ofMillis(1));
        int before = workers.size();
        pool.renew();
        pass(Duration.ofSeconds(1));
        assertThat(calls).allMatch(call -> call.outcome().toCompletableFuture().isDone());
        assertThat(pool.view().counters().succeeded()).isEqualTo(10);
        assertThat(workers.subList(0, before)).noneMatch(SimulatedWorker::living);
        assertThat(finished.subList(0, 2)).isSubsetOf(workers.subList(0, before));
        assertThat(finished.subList(2, 10)).isSubsetOf(workers.subList(before, workers.size()));
        pool.terminate();
        pass(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void renewedWorkersAreReplacedOneAfterAnother(boolean busy) throws RefusedException {
        Pool pool = pool(new PoolSettings(PoolKind.PROCESS, 4, 1_000, null, null, null, 1, null, null, null, "java"));
        pass(Duration.ofSeconds(1));
        for (int i = 0; busy && i < 4; i++) {
            submit(pool);
        }
        pass(Duration.ofMillis(1));
        pool.renew();
        assertThat(pool.workers())
                .filteredOn(worker -> worker.state().equals("starting"))
                .hasSize(busy ? 0 : 1);
        for (int i = 0; i < 40_000; i++) {
            time.runUntil(time.nanoTime() + MILLISECOND / 200);
            assertThat(pool.workers())
                    .filteredOn(worker -> worker.state().equals("starting"))
                    .hasSizeLessThan(2);
        }
        assertThat(workers).hasSize(8);
        assertThat(workers.subList(0, 4)).noneMatch(SimulatedWorker::living);
        assertThat(workers.subList(4, 8)).allMatch(SimulatedWorker::living);
        // Whatever is missing later starts at once.
        pool.change(new PoolSettings(PoolKind.PROCESS, 8, 1_000, null, null, null, 1, null, null, null, "java"));
        assertThat(pool.workers())
                .filteredOn(worker -> worker.state().equals("starting"))
                .hasSize(4);
        pool.terminate();
        pass(Duration.ofSeconds(1));
    }

    /** @param finished where each finished call's worker is noted */
    private record Nobody(List<SimulatedWorker> finished) implements SimulatedWorker.Observer {
        @Override
        public void finished(SimulatedWorker worker, long callId, long nanos) {
            finished.add(worker);
        }

        @Override
        public void finished(SimulatedWorker worker, String item, long nanos) {}

        @Override
        public void started(SimulatedWorker worker, long callId) {}

        @Override
        public void stopped(SimulatedWorker worker, long callId) {}

        @Override
        public void began(SimulatedWorker worker, String item) {}

        @Override
        public void died(SimulatedWorker worker, List<String> items) {}
    }
}
