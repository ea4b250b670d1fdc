package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.runtime.ServiceMark;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.testing.RealWorkers;
import dev.motorpool.trace.Spans;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Pools with real worker processes, and short ways to say what a test asks of them. */
public final class PoolFixture implements AutoCloseable {

    public static final Duration PATIENCE = Duration.ofSeconds(30);

    final Pools pools;
    /** Deaths of workers by reason. */
    final Map<String, Long> endings = new ConcurrentHashMap<>();

    private final AtomicLong numbered = new AtomicLong();

    PoolFixture() {
        this(Map.of("java", RealWorkers.java()));
    }

    PoolFixture(Map<String, WorkerRuntime> runtimes) {
        this(
                runtimes,
                new EngineLimits(
                        EngineLimits.DEFAULT.frame(),
                        EngineLimits.DEFAULT.value(),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(300)));
    }

    PoolFixture(Map<String, WorkerRuntime> runtimes, EngineLimits limits) {
        this(runtimes, limits, new Spawner());
    }

    PoolFixture(Map<String, WorkerRuntime> runtimes, EngineLimits limits, Spawner spawner) {
        pools = new Pools(runtimes, new Recorder(), limits, Spans.NONE, spawner, ServiceMark.unrelated());
    }

    Pool pool(PoolSettings settings) {
        try {
            return pools.put("p" + numbered.incrementAndGet(), settings).pool();
        } catch (RefusedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static PoolSettings settings(PoolKind kind, int size) {
        return new PoolSettings(kind, size, 10_000, null, null, null, 1, null, null, null, "java");
    }

    static CallRequest call(String function, String args) {
        return call(function, args, null, null, 0);
    }

    static CallRequest call(
            String function, String args, @Nullable Duration timeout, @Nullable Duration expires, int priority) {
        return new CallRequest(
                UUID.randomUUID(),
                1,
                function,
                RawJson.of(args),
                RawJson.EMPTY_OBJECT,
                timeout,
                expires,
                priority,
                CallAge.of(Instant.now()),
                null);
    }

    static CallRequest detached(String function, String args, int priority, long age, CallListener listener) {
        return new CallRequest(
                UUID.randomUUID(),
                1,
                function,
                RawJson.of(args),
                RawJson.EMPTY_OBJECT,
                null,
                null,
                priority,
                age,
                listener);
    }

    static PendingCall submit(Pool pool, CallRequest request) {
        try {
            return pool.submit(request);
        } catch (RefusedException refused) {
            throw new AssertionError(refused);
        }
    }

    static PendingCall submit(Pool pool, String function, String args) {
        return submit(pool, call(function, args));
    }

    static Outcome outcome(PendingCall call) {
        try {
            Outcome outcome = call.await(PATIENCE);
            if (outcome == null) {
                throw new AssertionError("no outcome within " + PATIENCE);
            }
            return outcome;
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }

    static Outcome run(Pool pool, String function, String args) {
        return outcome(submit(pool, function, args));
    }

    /** The run of a call that has started. */
    static Outcome.Run ran(Outcome outcome) {
        Outcome.Run run = outcome.run();
        if (run == null) {
            throw new AssertionError("never ran: " + outcome);
        }
        return run;
    }

    static String value(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        return ((Outcome.Succeeded) outcome).value().toString();
    }

    static <F extends Failure> F failure(Outcome outcome, Class<F> sort) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        Failure failure = ((Outcome.Failed) outcome).failure();
        assertThat(failure).isInstanceOf(sort);
        return sort.cast(failure);
    }

    @Override
    public void close() {
        pools.close();
    }

    private final class Recorder implements PoolEvents {
        @Override
        public void callEnded(String pool, String function, String outcome, long queueNanos, long runNanos) {}

        @Override
        public void callRejected(String pool, String reason) {}

        @Override
        public void workerStarted(String pool, String worker, String runtime, long pid, long nanos) {}

        @Override
        public void workerEnded(WorkerEnd end) {
            endings.merge(end.reason(), 1L, Long::sum);
        }

        @Override
        public void poolRemoved(String pool) {}
    }
}
