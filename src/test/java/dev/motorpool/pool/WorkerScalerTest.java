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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many workers a pool has, in virtual time. */
class WorkerScalerTest {

    private static final long MILLISECOND = 1_000_000;
    private static final EngineLimits LIMITS =
            new EngineLimits(1 << 20, 1 << 20, Duration.ofSeconds(1), Duration.ofMillis(50), Duration.ofMillis(20));

    private final VirtualTime time = new VirtualTime();
    private final SplittableRandom random = new SplittableRandom(7);
    private final List<SimulatedWorker> workers = new ArrayList<>();

    private Pool pool(PoolSettings settings) {
        Pool pool = new Pool(
                "sim",
                settings,
                LIMITS,
                name -> shape -> {
                    throw new UnsupportedOperationException();
                },
                new Silence(),
                time,
                new Spawner(),
                (id, command, listener) -> {
                    SimulatedWorker worker = new SimulatedWorker(
                            time, random.split(), settings.sequential(), 0, 20_000, new Nobody(), listener);
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
        Pool pool = pool(new PoolSettings(kind, 100, 1_000, null, null, 1, 1, null, null, "java"));
        List<PendingCall> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(pool.submit(new CallRequest(
                    new UUID(0, i),
                    1,
                    "long",
                    RawJson.of("[" + 20 * MILLISECOND + "]"),
                    RawJson.EMPTY_OBJECT,
                    null,
                    null,
                    0,
                    i,
                    null)));
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

    private static final class Nobody implements SimulatedWorker.Observer {
        @Override
        public void finished(SimulatedWorker worker, long callId, long nanos) {}

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

    private static final class Silence implements PoolEvents {
        @Override
        public void callEnded(String pool, String function, String outcome, long queueNanos, long runNanos) {}

        @Override
        public void callRejected(String pool, String reason) {}

        @Override
        public void workerStarted(String pool, String worker, long pid, long nanos) {}

        @Override
        public void workerEnded(WorkerEnd end) {}

        @Override
        public void poolRemoved(String pool) {}
    }
}
