package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.trace.Spans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Thousands of random histories of a pool in virtual time: submissions, timeouts against results, cancellations against
 * starts, deaths against recalls, and changes of size, pauses and terminations against everything, with random delays
 * at every step. Some calls are detached, and at times taken back from the pool. In half of the histories a tenant may
 * have only a few running calls. Each history is repeatable from its seed.
 */
@Tag("slow")
class PoolSimulationTest {

    private static final int HISTORIES = 1_000;
    private static final long MILLISECOND = 1_000_000;
    private static final Tenant LIMITED = new Tenant("limited");

    @ParameterizedTest
    @EnumSource(PoolKind.class)
    void holdsItsPromisesInEveryHistory(PoolKind kind) {
        long withdrawals = 0;
        long limitsReached = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            try {
                History history = new History(kind, seed);
                history.live();
                withdrawals += history.withdrawals();
                limitsReached += history.reachedLimit() ? 1 : 0;
            } catch (AssertionError | RuntimeException broken) {
                throw new AssertionError(kind + ", seed " + seed + ": " + broken.getMessage(), broken);
            }
        }
        assertThat(withdrawals).as("calls that were taken back").isGreaterThan(HISTORIES / 2);
        assertThat(limitsReached)
                .as("histories in which a tenant reached its limit")
                .isGreaterThan(HISTORIES / 10);
    }

    /** One random history of one pool, and what must hold in it. */
    private static final class History implements SimulatedWorker.Observer, PoolEvents {
        private final SplittableRandom random;
        /** Decides on tenants, so that the histories are the same without them. */
        private final SplittableRandom tenants;

        private final VirtualTime time = new VirtualTime();
        private final PoolKind kind;
        private final Pool pool;
        private final long longestDelay;
        private final double startFailure;
        /** The calls that one tenant may have running; 0: there is no such tenant. */
        private final int limit;

        private PoolSettings settings;

        private final List<SimulatedWorker> workers = new ArrayList<>();
        private final List<QueuedCall> calls = new ArrayList<>();
        private final Map<QueuedCall, Outcome> outcomes = new HashMap<>();
        private final Set<Long> started = new HashSet<>();
        private final Map<SimulatedWorker, Set<Long>> runningIn = new HashMap<>();
        /** How long calls ran that ended by themselves. */
        private final Map<Long, Long> runs = new HashMap<>();

        private final List<SimulatedDetached> jobs = new ArrayList<>();
        private final List<SimulatedLane> lanes = new ArrayList<>();
        /** Items that ran in a worker when it died. */
        private final Set<String> victims = new HashSet<>();

        /** For how long the service has stood still, if it may. */
        private final boolean stalls;

        private long stalled;

        private int events;
        private long mostRunning;
        /** Since when a slot was free while a call waited, and the service did not stand still; or -1. */
        private long neglectedSince = -1;

        History(PoolKind kind, long seed) {
            this.kind = kind;
            this.random = new SplittableRandom(seed);
            this.tenants = new SplittableRandom(~seed);
            this.longestDelay = 1 + random.nextLong(3 * MILLISECOND / 2);
            this.startFailure = random.nextInt(5) == 0 ? 0.4 : 0;
            this.limit = tenants.nextBoolean() ? 0 : 1 + tenants.nextInt(3);
            this.stalls = random.nextInt(3) == 0;
            this.settings = settings();
            this.pool = new Pool(
                    "sim",
                    settings,
                    new EngineLimits(
                                    1 << 20,
                                    1 << 20,
                                    Duration.ofSeconds(1),
                                    Duration.ofMillis(50),
                                    Duration.ofMillis(20))
                            .withRunning(limit == 0 ? Map.of() : Map.of(LIMITED.name(), limit)),
                    name -> shape -> {
                        throw new UnsupportedOperationException();
                    },
                    this,
                    time,
                    new Spawner(),
                    (id, command, listener) -> {
                        SimulatedWorker worker = new SimulatedWorker(
                                time, random.split(), sequential(), startFailure, longestDelay, this, listener);
                        workers.add(worker);
                        return worker;
                    },
                    Spans.NONE);
        }

        private boolean sequential() {
            return kind == PoolKind.PROCESS && settings.threadsPerWorker() == 1;
        }

        private PoolSettings settings() {
            return new PoolSettings(
                    kind,
                    1 + random.nextInt(5),
                    random.nextInt(10) == 0 ? 5 : 1_000,
                    null,
                    null,
                    random.nextInt(3) == 0 ? 1 + random.nextInt(5) : null,
                    settings != null ? settings.threadsPerWorker() : random.nextInt(4) == 0 ? 3 : 1,
                    null,
                    null,
                    random.nextInt(3) == 0 ? Duration.ofNanos(1 + random.nextLong(4 * MILLISECOND)) : null,
                    "java");
        }

        void live() {
            pool.open();
            for (int step = 0; step < 150; step++) {
                time.runUntil(time.nanoTime()
                        + (random.nextInt(3) == 0 ? random.nextLong(4 * MILLISECOND) : random.nextLong(50_000)));
                act();
                check();
            }
            end();
        }

        private void act() {
            int choice = random.nextInt(100);
            if (stalls && random.nextInt(30) == 0) {
                // Either so short that it matters to nobody, or long enough to be noticed.
                standStill(
                        random.nextBoolean()
                                ? random.nextLong(8 * MILLISECOND)
                                : random.nextLong(300 * MILLISECOND, 4_000 * MILLISECOND));
            }
            try {
                if (choice < 42) {
                    submit();
                } else if (choice < 54) {
                    SimulatedDetached job = new SimulatedDetached(pool);
                    jobs.add(job);
                    // Its place may be an old one.
                    job.submit(request(CallAge.ofMillis(time.millis() - random.nextLong(20)), job));
                } else if (choice < 60 && !jobs.isEmpty()) {
                    moveJob(jobs.get(jobs.size() - 1 - random.nextInt(Math.min(20, jobs.size()))));
                } else if (choice < 63) {
                    lanes.add(new SimulatedLane(pool, random.split(), lanes.size(), tenant(), victims));
                } else if (choice < 70 && !lanes.isEmpty()) {
                    lanes.get(random.nextInt(lanes.size())).act();
                } else if (choice < 80 && !calls.isEmpty()) {
                    calls.get(calls.size() - 1 - random.nextInt(Math.min(10, calls.size())))
                            .cancel();
                } else if (choice < 84) {
                    settings = settings();
                    pool.change(settings);
                } else if (choice < 88) {
                    workers.stream().filter(SimulatedWorker::living).findAny().ifPresent(SimulatedWorker::crash);
                } else if (choice < 91) {
                    pool.pause();
                } else if (choice < 96) {
                    pool.resume();
                } else if (choice < 98) {
                    pool.workers().stream().findAny().ifPresent(worker -> pool.terminateWorker(worker.id()));
                } else {
                    pool.renew();
                }
            } catch (RefusedException refused) {
                assertThat(refused.why()).isIn(RefusedException.Cause.QUEUE_FULL, RefusedException.Cause.BROKEN);
            }
        }

        /** Not soon again: together, short stalls can outlast the time that is allowed for reports. */
        private void standStill(long nanos) {
            if (time.caughtUp(Interrupts.REPORT_NANOS)) {
                stalled += nanos;
                time.standStill(nanos);
            }
        }

        long withdrawals() {
            return jobs.stream().mapToLong(SimulatedDetached::withdrawals).sum();
        }

        boolean reachedLimit() {
            return limit > 0 && mostRunning >= limit;
        }

        private void moveJob(SimulatedDetached job) {
            switch (random.nextInt(6)) {
                case 0 -> job.cancel();
                case 1 -> job.giveUp();
                case 2 -> job.giveAgain();
                default -> job.withdraw();
            }
        }

        private void submit() throws RefusedException {
            QueuedCall call = (QueuedCall) pool.submit(request(CallAge.ofMillis(time.millis()), null));
            calls.add(call);
            call.outcome().thenAccept(outcome -> {
                assertThat(outcomes.put(call, outcome)).isNull();
                checkLimit(call, outcome);
            });
        }

        /** A time limit holds on time where the service has not stood still; what ran too long has not succeeded. */
        private void checkLimit(QueuedCall call, Outcome outcome) {
            Duration timeout = call.timeout;
            if (timeout == null) {
                return;
            }
            if (outcome instanceof Outcome.Failed(Failure.TimedOut late, var run) && stalled == 0) {
                assertThat(time.nanoTime() - call.startedNanos)
                        .isLessThanOrEqualTo(timeout.toNanos() + Interrupts.REPORT_NANOS);
            } else if (outcome instanceof Outcome.Succeeded) {
                assertThat(runs.get(call.id)).isLessThanOrEqualTo(timeout.toNanos());
            }
        }

        private Tenant tenant() {
            return limit > 0 && tenants.nextBoolean() ? LIMITED : Tenant.DEFAULT;
        }

        private CallRequest request(long age, @Nullable CallListener listener) {
            int sort = random.nextInt(30);
            String function = sort == 0 ? "crash" : sort == 1 ? "stubborn" : sort < 20 ? "short" : "long";
            long nanos = function.equals("short") ? random.nextLong(200_000) : random.nextLong(20 * MILLISECOND);
            if (random.nextInt(40) == 0) {
                nanos = 10 * MILLISECOND;
            }
            boolean limited = function.equals("stubborn") || random.nextInt(5) == 0;
            return new CallRequest(
                    new UUID(0, calls.size() + jobs.size()),
                    1,
                    function,
                    RawJson.of("[" + nanos + "]"),
                    RawJson.EMPTY_OBJECT,
                    limited ? Duration.ofNanos(1 + random.nextLong(10 * MILLISECOND)) : null,
                    random.nextInt(8) == 0 ? Duration.ofNanos(1 + random.nextLong(5 * MILLISECOND)) : null,
                    random.nextInt(4) == 0 ? random.nextInt(5) - 2 : 0,
                    age,
                    listener,
                    null,
                    tenant());
        }

        /** All calls that the pool has, or had. */
        private Stream<QueuedCall> allCalls() {
            return Stream.concat(
                    calls.stream(), jobs.stream().map(SimulatedDetached::call).filter(Objects::nonNull));
        }

        private void check() {
            PoolView view = pool.view();
            int slots = kind == PoolKind.PROCESS ? settings.size() * settings.threadsPerWorker() : settings.size();
            checkTenantLimit(view);
            assertThat(view.queued()).isNotNegative();
            assertThat(view.running()).isNotNegative();
            assertThat(pool.idleSlots()).isBetween(0, Math.max(0, slots - view.running()));
            if (pool.workers().stream().noneMatch(worker -> worker.state().matches("idle|busy"))) {
                assertThat(pool.idleSlots()).isZero();
            }
            assertThat(view.counters().workersLost())
                    .isLessThanOrEqualTo(view.counters().workersStarted());
            boolean neglected = time.caughtUp(0)
                    && view.running() < slots
                    && (limit == 0
                            ? view.queued() > 0 || jobs.stream().anyMatch(SimulatedDetached::queued)
                            : allCalls().anyMatch(call -> call.state == QueuedCall.State.QUEUED && !isLimited(call)))
                    && lanes.stream().noneMatch(SimulatedLane::limited)
                    && view.state() == PoolState.RUNNING
                    && pool.workers().stream().anyMatch(worker -> worker.state().equals("idle"));
            if (!neglected) {
                neglectedSince = -1;
            } else if (neglectedSince < 0) {
                neglectedSince = time.nanoTime();
            }
            assertThat(neglectedSince < 0 || time.nanoTime() - neglectedSince <= 5 * MILLISECOND + 3 * longestDelay)
                    .as("a call waits although a slot is free: %s %s %s", view, pool.workers(), waiting())
                    .isTrue();
        }

        private static boolean isLimited(QueuedCall call) {
            return call.request.tenant().equals(LIMITED);
        }

        /** A thread that ignores its interrupt does not count, as it does not among the pool's running calls. */
        private void checkTenantLimit(PoolView view) {
            if (limit > 0) {
                long running = pool.workers().stream()
                        .flatMap(worker -> worker.running().stream())
                        .filter(call -> call.tenant().equals(LIMITED))
                        .count();
                mostRunning = Math.max(mostRunning, running);
                assertThat(running - view.stuck())
                        .as("calls and chunks of the tenant with a limit that run")
                        .isLessThanOrEqualTo(limit);
            }
        }

        private List<String> waiting() {
            return calls.stream()
                    .filter(call -> call.state == QueuedCall.State.QUEUED || call.state == QueuedCall.State.SENT)
                    .map(call -> call.id + " " + call.request.function() + " " + call.state + " "
                            + (call.worker == null ? "" : call.worker.id + " " + call.worker.phase))
                    .toList();
        }

        private void end() {
            if (random.nextBoolean()) {
                pool.close();
            } else {
                pool.terminate();
            }
            for (QueuedCall call : calls) {
                if (call.request.function().equals("stubborn") || random.nextInt(10) == 0) {
                    call.cancel();
                }
            }
            for (SimulatedDetached job : jobs) {
                if (job.stubborn() || random.nextInt(10) == 0) {
                    job.cancel();
                }
                if (job.away()) {
                    time.after(
                            random.nextLong(10_000 * MILLISECOND),
                            random.nextBoolean()
                                    ? job::giveUp
                                    : () -> {
                                        job.giveAgain();
                                        if (job.stubborn()) {
                                            job.cancel();
                                        }
                                    });
                }
            }
            lanes.forEach(SimulatedLane::finish);
            time.runUntil(time.nanoTime() + Duration.ofMinutes(5).toNanos());
            lanes.forEach(SimulatedLane::check);
            jobs.forEach(SimulatedDetached::check);
            long items = lanes.stream().mapToLong(SimulatedLane::added).sum()
                    + jobs.stream().filter(SimulatedDetached::ended).count();
            assertThat(calls.stream()
                            .filter(call -> !outcomes.containsKey(call))
                            .map(call -> call.id + " " + call.state))
                    .as("calls without outcome in %s, workers %s", pool.view(), pool.workers())
                    .isEmpty();
            assertThat(events).as("each outcome is told once").isEqualTo(calls.size() + items);
            for (QueuedCall call : calls) {
                if (outcomes.get(call) instanceof Outcome.Succeeded(RawJson value, var run)) {
                    assertThat(value).hasToString(Long.toString(call.id));
                    assertThat(run.queueNanos()).isNotNegative();
                }
                if (outcomes.get(call) instanceof Outcome.Failed(Failure.TimedOut late, var run)) {
                    assertThat(runs.getOrDefault(call.id, Long.MAX_VALUE))
                            .as("run of a call that has timed out")
                            .isGreaterThan(late.timeout().toNanos());
                }
            }
            PoolView view = pool.view();
            assertThat(view.queued()).isZero();
            assertThat(view.running()).isZero();
            assertThat(view.stuck()).isZero();
            assertThat(pool.idleSlots()).isZero();
            assertThat(pool.workers()).isEmpty();
            assertThat(workers).noneMatch(SimulatedWorker::living);
            PoolView.Counters counts = view.counters();
            assertThat(counts.submitted()).isEqualTo(calls.size() + items);
            assertThat(counts.succeeded()
                            + counts.failed()
                            + counts.timedOut()
                            + counts.cancelled()
                            + counts.expired()
                            + counts.workerLost())
                    .isEqualTo(calls.size() + items);
        }

        @Override
        public void started(SimulatedWorker worker, long callId) {
            jobs.forEach(job -> job.began(callId));
            assertThat(started.add(callId)).as("call %s started twice", callId).isTrue();
            Set<Long> running = runningIn.computeIfAbsent(worker, each -> new HashSet<>());
            running.add(callId);
            if (sequential()) {
                assertThat(running).hasSize(1);
            }
            if (limit > 0) {
                Set<Long> all = runningIn.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
                assertThat(allCalls()
                                .filter(call -> all.contains(call.id) && isLimited(call) && !call.stuck)
                                .count())
                        .as("calls of the tenant with a limit that run in workers")
                        .isLessThanOrEqualTo(limit);
            }
        }

        @Override
        public void stopped(SimulatedWorker worker, long callId) {
            runningIn.getOrDefault(worker, Set.of()).remove(callId);
        }

        @Override
        public void finished(SimulatedWorker worker, long callId, long nanos) {
            runs.put(callId, nanos);
        }

        @Override
        public void finished(SimulatedWorker worker, String item, long nanos) {
            lanes.forEach(lane -> lane.finished(item, nanos));
        }

        @Override
        public void began(SimulatedWorker worker, String item) {
            lanes.forEach(lane -> lane.began(item));
        }

        @Override
        public void died(SimulatedWorker worker, List<String> items) {
            victims.addAll(items);
            runningIn.remove(worker);
        }

        @Override
        public void callEnded(String name, String function, String outcome, long queueNanos, long runNanos) {
            events++;
            assertThat(queueNanos).isNotNegative();
        }

        @Override
        public void callRejected(String name, String reason) {}

        @Override
        public void workerStarted(String pool, String worker, String runtime, long pid, long nanos) {}

        @Override
        public void workerEnded(WorkerEnd end) {
            assertThat(end.reason())
                    .as("a worker that keeps to the protocol is not accused")
                    .isNotEqualTo("protocol");
        }

        @Override
        public void poolRemoved(String name) {}
    }
}
