package dev.motorpool.pool;

import static dev.motorpool.pool.PoolFixture.call;
import static dev.motorpool.pool.PoolFixture.failure;
import static dev.motorpool.pool.PoolFixture.outcome;
import static dev.motorpool.pool.PoolFixture.ran;
import static dev.motorpool.pool.PoolFixture.run;
import static dev.motorpool.pool.PoolFixture.settings;
import static dev.motorpool.pool.PoolFixture.submit;
import static dev.motorpool.pool.PoolFixture.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.settings.Initializer;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.Zombies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of pools of every kind, with real worker processes. */
@ExtendWith(LeavesNothingBehind.class)
abstract class PoolSemantics {

    final PoolKind kind;
    final PoolFixture fixture = new PoolFixture();

    PoolSemantics(PoolKind kind) {
        this.kind = kind;
    }

    @AfterEach
    void closePools() {
        fixture.close();
    }

    Pool pool(int size) {
        return fixture.pool(settings(kind, size));
    }

    @Test
    void returnsValuesWithTheDigitsTheyCameWith() {
        Pool pool = pool(2);
        assertThat(value(run(pool, "fib", "[30]"))).isEqualTo("832040");
        String odd = "{\"a\":[1.50,-0,1E+2,12345678901234567890123,null,true,\"\\u00e9\"]}";
        assertThat(value(run(pool, "echo", "[" + odd + "]"))).isEqualTo(odd);
        Outcome.Run run = ran(run(pool, "sleep", "[0.05]"));
        assertThat(run.runNanos()).isBetween(50_000_000L, 5_000_000_000L);
        assertThat(run.pid()).isNotEqualTo(ProcessHandle.current().pid());
        assertThat(run.finishedAt()).isAfter(run.startedAt());
    }

    @Test
    void aRaisingFunctionCostsNothingButItsCall() {
        Pool pool = pool(1);
        long pid = pidOf(pool);
        for (int i = 0; i < 20; i++) {
            Failure.Raised raised = failure(run(pool, "raise", "[\"no " + i + "\"]"), Failure.Raised.class);
            assertThat(raised.message()).isEqualTo("no " + i);
            assertThat(raised.exception()).endsWith("Exception");
            assertThat(raised.traceback()).contains("no " + i).doesNotContain("dev.motorpool.worker");
        }
        assertThat(pidOf(pool)).isEqualTo(pid);
    }

    /** CPython's result thread dies of a result that it cannot unpickle (gh-79492). */
    @Test
    void twentyValuesThatCannotBeSentInARow() {
        Pool pool = pool(1);
        for (int i = 0; i < 20; i++) {
            failure(run(pool, "not_json", "[]"), Failure.ValueNotJson.class);
        }
        failure(run(pool, "too_large", "[20000000]"), Failure.ValueTooLarge.class);
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
    }

    /** CPython has no time limit for a task. */
    @Test
    void aTimeoutEndsTheCallAndNotThePool() {
        Pool pool = pool(1);
        value(run(pool, "echo", "[0]"));
        long before = System.nanoTime();
        Outcome late = outcome(submit(pool, call("sleep", "[60]", Duration.ofMillis(200), null, 0)));
        assertThat(failure(late, Failure.TimedOut.class).timeout()).isEqualTo(Duration.ofMillis(200));
        assertThat(System.nanoTime() - before).isBetween(200_000_000L, 1_200_000_000L);
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
        assertThat(pool.view().counters().timedOut()).isEqualTo(1);
        assertThat(value(outcome(submit(pool, call("sleep", "[0.01]", Duration.ofSeconds(20), null, 0)))))
                .isEqualTo("0.01");
    }

    @Test
    void waitingIsNotRunning() {
        Pool pool = pool(1);
        PendingCall first = submit(pool, "sleep", "[0.5]");
        PendingCall second = submit(pool, call("sleep", "[0.1]", Duration.ofMillis(400), null, 0));
        value(outcome(first));
        value(outcome(second));
    }

    @Test
    void aFunctionThatIgnoresItsInterruptIsReplacedWithItsProcess() {
        Pool pool = pool(2);
        long pid = pidOf(pool);
        Outcome hung = outcome(submit(pool, call("hang", "[]", Duration.ofMillis(100), null, 0)));
        failure(hung, Failure.TimedOut.class);
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
        Eventually.within(PoolFixture.PATIENCE, () -> {
            assertThat(pool.view().stuck()).isZero();
            assertThat(pool.workers()).allMatch(worker -> worker.state().equals("idle"));
            assertThat(fixture.endings.keySet()).containsExactly(kind == PoolKind.PROCESS ? "timeout" : "stuck");
        });
        assertThat(pid).isPositive();
        assertThat(value(run(pool, "echo", "[2]"))).isEqualTo("2");
    }

    @Test
    void cancelEndsACallInEachOfItsStates() {
        Pool pool = pool(1);
        PendingCall running = submit(pool, "sleep", "[60]");
        PendingCall queued = submit(pool, "sleep", "[60]");
        PendingCall last = submit(pool, "echo", "[1]");
        awaitRunning(pool, 1);
        queued.cancel();
        failure(outcome(queued), Failure.Cancelled.class);
        assertThat(outcome(queued).run()).isNull();
        running.cancel();
        failure(outcome(running), Failure.Cancelled.class);
        assertThat(value(outcome(last))).isEqualTo("1");
        last.cancel();
        assertThat(value(outcome(last))).isEqualTo("1");
        assertThat(pool.view().counters().cancelled()).isEqualTo(2);
    }

    @Test
    void aCallExpiresOnlyWhileItWaits() {
        Pool pool = pool(1);
        value(run(pool, "echo", "[0]"));
        PendingCall running = submit(pool, call("sleep", "[0.5]", null, Duration.ofMillis(400), 0));
        awaitRunning(pool, 1);
        PendingCall expiring = submit(pool, call("echo", "[1]", null, Duration.ofMillis(100), 0));
        failure(outcome(expiring), Failure.Expired.class);
        value(outcome(running));
        assertThat(pool.view().counters().expired()).isEqualTo(1);
    }

    @Test
    void aTimeToStartThatIsOverIsOverThoughASlotIsFree() {
        Pool pool = pool(1);
        value(run(pool, "echo", "[0]"));
        for (int i = 0; i < 100; i++) {
            failure(outcome(submit(pool, call("echo", "[1]", null, Duration.ofNanos(1), 0))), Failure.Expired.class);
        }
        assertThat(pool.view().counters().expired()).isEqualTo(100);
    }

    @Test
    void higherPriorityFirstThenOlderFirst() {
        Pool pool = pool(1);
        for (int i = 0; i < 50; i++) {
            value(run(pool, "echo", "[0]"));
        }
        PendingCall blocker = submit(pool, "sleep", "[0.3]");
        List<PendingCall> calls = new ArrayList<>();
        int[] priorities = {0, -5, 7, 0, 100, -100, 7, 0};
        for (int i = 0; i < priorities.length; i++) {
            calls.add(submit(pool, call("sleep", "[0.01]", null, null, priorities[i])));
        }
        value(outcome(blocker));
        List<Integer> order = IntStream.range(0, priorities.length)
                .boxed()
                .sorted(java.util.Comparator.comparing(i -> startedAt(calls.get(i))))
                .toList();
        assertThat(order).containsExactly(4, 2, 6, 0, 3, 7, 1, 5);
    }

    @Test
    void aFullQueueRefusesAndSaysWhenToComeBack() {
        Pool pool = fixture.pool(new PoolSettings(kind, 1, 3, null, null, null, 1, null, null, null, "java"));
        submit(pool, "sleep", "[60]");
        awaitRunning(pool, 1);
        IntStream.range(0, 3).forEach(i -> submit(pool, "echo", "[1]"));
        RefusedException refused = catchThrowableOfType(RefusedException.class, () -> pool.submit(call("echo", "[1]")));
        assertThat(refused.why()).isEqualTo(RefusedException.Cause.QUEUE_FULL);
        assertThat(refused.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(5));
        assertThat(pool.view().queued()).isEqualTo(3);
        assertThat(pool.view().counters().rejected()).isEqualTo(1);
        pool.terminate();
    }

    @Test
    void aPausedPoolTakesCallsAndStartsNone() throws Exception {
        Pool pool = pool(1);
        value(run(pool, "echo", "[0]"));
        pool.pause();
        assertThat(pool.view().state()).isEqualTo(PoolState.PAUSED);
        PendingCall waiting = submit(pool, "echo", "[1]");
        assertThat(waiting.await(Duration.ofMillis(200))).isNull();
        pool.resume();
        assertThat(value(outcome(waiting))).isEqualTo("1");
        assertThat(pool.view().state()).isEqualTo(PoolState.RUNNING);
    }

    @Test
    void closeFinishesWhatThereIsEvenIfPaused() throws Exception {
        Pool pool = pool(1);
        pool.pause();
        List<PendingCall> calls = IntStream.range(0, 5)
                .mapToObj(i -> submit(pool, "sleep", "[0.05]"))
                .toList();
        pool.close();
        pool.close();
        assertThat(refusal(pool)).isEqualTo(RefusedException.Cause.CLOSED);
        calls.forEach(each -> assertThat(value(outcome(each))).isEqualTo("0.05"));
        assertThat(pool.join(PoolFixture.PATIENCE)).isTrue();
        assertThat(pool.workers()).isEmpty();
        assertThat(pool.view().state()).isEqualTo(PoolState.CLOSED);
        assertThat(catchThrowableOfType(RefusedException.class, pool::pause).why())
                .isEqualTo(RefusedException.Cause.CLOSED);
    }

    /** In CPython a get() after terminate() hangs (gh-79659). */
    @Test
    void terminateAnswersEverybodyAtOnce() throws Exception {
        Pool pool = pool(1);
        List<PendingCall> calls = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            calls.add(submit(pool, "sleep", "[60]"));
        }
        assertThat(catchThrowableOfType(RefusedException.class, () -> pool.join(Duration.ZERO))
                        .why())
                .isEqualTo(RefusedException.Cause.RUNNING);
        awaitRunning(pool, 1);
        long before = System.nanoTime();
        pool.terminate();
        calls.forEach(each -> failure(outcome(each), Failure.Cancelled.class));
        assertThat(System.nanoTime() - before).isLessThan(2_000_000_000L);
        assertThat(pool.join(PoolFixture.PATIENCE)).isTrue();
        assertThat(pool.view().state()).isEqualTo(PoolState.TERMINATED);
        assertThat(refusal(pool)).isEqualTo(RefusedException.Cause.CLOSED);
    }

    /** CPython loses the task of a killed worker and hangs (gh-66587); its executor breaks for all (BrokenProcessPool). */
    @Test
    void aDyingWorkerCostsOnlyTheCallsThatRunInIt() {
        Pool pool = pool(1);
        PendingCall dying = submit(pool, "exit", "[7]");
        List<PendingCall> waiting = IntStream.range(0, 50)
                .mapToObj(i -> submit(pool, "echo", "[" + i + "]"))
                .toList();
        Failure.WorkerLost lost = failure(outcome(dying), Failure.WorkerLost.class);
        assertThat(lost.exitCode()).isEqualTo(7);
        assertThat(lost.signal()).isNull();
        assertThat(lost.reason()).contains("exited with code 7");
        for (int i = 0; i < 50; i++) {
            assertThat(value(outcome(waiting.get(i)))).isEqualTo(Integer.toString(i));
        }
    }

    @Test
    void aCrashTellsItsSignal() {
        Pool pool = pool(1);
        Failure.WorkerLost lost = failure(run(pool, "crash", "[]"), Failure.WorkerLost.class);
        assertThat(lost.signal()).isNotNull();
        assertThat(lost.exitCode()).isNull();
        assertThat(lost.reason()).contains("killed by signal " + lost.signal());
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
    }

    /** A JVM handles SIGSEGV itself and then aborts: that is a signal too, and no exit. */
    @Test
    void aCrashOfTheVirtualMachineIsASignal() {
        Failure.WorkerLost lost = failure(run(pool(1), "crash", "[11]"), Failure.WorkerLost.class);
        assertThat(lost.exitCode()).isNull();
        assertThat(lost.signal()).isIn(6, 11);
    }

    @Test
    void aMemoryLimitThatNoWorkerCanKeepBreaksThePool() {
        Pool pool = fixture.pool(new PoolSettings(kind, 1, 100, null, null, null, 1, 1L << 20, null, null, "java"));
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().reason()).contains("memory_limit of 1048576 bytes"));
    }

    @Test
    void anExitCodeAboveASignalsIsAnExitCode() {
        assertThat(failure(run(pool(1), "exit", "[137]"), Failure.WorkerLost.class))
                .extracting(Failure.WorkerLost::exitCode, Failure.WorkerLost::signal)
                .containsExactly(137, null);
    }

    @Test
    void aKilledWorkerIsReplacedAndSaidToBeKilled() {
        Pool pool = pool(1);
        PendingCall running = submit(pool, "sleep", "[60]");
        PendingCall waiting = submit(pool, "echo", "[1]");
        awaitRunning(pool, 1);
        ProcessHandle.of(pidOf(pool)).orElseThrow().destroyForcibly();
        Failure.WorkerLost lost = failure(outcome(running), Failure.WorkerLost.class);
        assertThat(lost.signal()).isEqualTo(9);
        assertThat(lost.reason()).contains("SIGKILL");
        assertThat(value(outcome(waiting))).isEqualTo("1");
        assertThat(pool.view().counters().workersLost()).isEqualTo(1);
    }

    @Test
    void aWorkerTerminatedOnRequestIsReplaced() {
        Pool pool = pool(1);
        PendingCall running = submit(pool, "sleep", "[60]");
        awaitRunning(pool, 1);
        WorkerView before = pool.workers().getFirst();
        assertThat(before.state()).isEqualTo("busy");
        assertThat(before.running()).hasSize(1);
        assertThat(pool.terminateWorker("nobody")).isEmpty();
        assertThat(pool.terminateWorker(before.id()).orElseThrow().state()).isEqualTo("stopping");
        assertThat(failure(outcome(running), Failure.WorkerLost.class).reason()).contains("terminated on request");
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
        assertThat(pool.workers()).noneMatch(worker -> worker.id().equals(before.id()));
    }

    @Test
    void aFunctionWithoutEndOfMemoryIsStopped() {
        Pool pool = pool(1);
        Failure.WorkerLost lost = failure(run(pool, "allocate", "[]"), Failure.WorkerLost.class);
        assertThat(lost.reason()).contains("out of memory");
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
    }

    @Test
    void theMemoryLimitKillsAndSaysSo() {
        Pool pool = fixture.pool(new PoolSettings(kind, 1, 100, null, null, null, 1, 70_000_000L, null, null, "java"));
        // Slow enough for several looks between the limit and the end of the heap.
        Failure.WorkerLost lost = failure(run(pool, "allocate", "[0.03]"), Failure.WorkerLost.class);
        assertThat(lost.reason()).contains("memory_limit of 70000000 bytes");
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(fixture.endings).containsOnlyKeys("memory"));
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
    }

    @Test
    void whatAFunctionPrintsHarmsNobody() {
        Pool pool = pool(1);
        run(pool, "flood", "[20]");
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
        assertThat(fixture.endings).isEmpty();
    }

    @Test
    void aKilledWorkerTakesItsChildrenAlong() {
        Pool pool = pool(1);
        long child = Long.parseLong(value(run(pool, "spawn_child", "[]")));
        assertThat(ProcessHandle.of(child)).isPresent();
        pool.terminateWorker(pool.workers().getFirst().id());
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive))
                        .isEmpty());
    }

    /** It has left its parent, its process group and its session. */
    @ParameterizedTest
    @ValueSource(strings = {"terminated", "exited", "killed"})
    void aWorkerTakesItsDaemonsAlong(String how) {
        Pool pool = pool(1);
        long daemon = Long.parseLong(value(run(pool, "spawn_child", "[true]")));
        ProcessHandle process = ProcessHandle.of(daemon).orElseThrow();
        assertThat(Zombies.runs(process)).as("a child outlives its call").isTrue();
        switch (how) {
            case "terminated" -> pool.terminateWorker(pool.workers().getFirst().id());
            case "exited" -> run(pool, "exit", "[0]");
            default -> ProcessHandle.of(pidOf(pool)).orElseThrow().destroyForcibly();
        }
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(Zombies.runs(process)).isFalse());
    }

    @Test
    void theMemoryLimitCountsWhatAWorkerHasStarted() {
        Pool pool = fixture.pool(new PoolSettings(kind, 1, 100, null, null, null, 1, 250_000_000L, null, null, "java"));
        long child = Long.parseLong(value(run(pool, "spawn_child", "[false, 250]")));
        Eventually.within(PoolFixture.PATIENCE, () -> {
            assertThat(fixture.endings).containsOnlyKeys("memory");
            assertThat(ProcessHandle.of(child).filter(Zombies::runs)).isEmpty();
        });
    }

    /** CPython counts chunks where it should count tasks (gh-68663). */
    @Test
    void aWorkerLeavesAfterSoManyTasks() {
        Pool pool = fixture.pool(new PoolSettings(kind, 1, 10_000, null, null, 3, 1, null, null, null, "java"));
        List<PendingCall> calls = IntStream.range(0, 12)
                .mapToObj(i -> submit(pool, "echo", "[" + i + "]"))
                .toList();
        List<Long> pids = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Outcome outcome = outcome(calls.get(i));
            assertThat(value(outcome)).isEqualTo(Integer.toString(i));
            pids.add(ran(outcome).pid());
        }
        Set<Long> distinct = new HashSet<>(pids);
        assertThat(distinct).hasSize(4);
        distinct.forEach(pid -> assertThat(pids.stream().filter(pid::equals)).hasSize(3));
        assertThat(pool.view().counters().workersLost()).isZero();
    }

    /** CPython respawns for ever when an initializer fails (gh-87472). */
    @Test
    void aFailingInitializerBreaksThePoolAndItHeals() throws Exception {
        PoolSettings broken = withInitializer(new Initializer("raise", RawJson.of("[\"bad\"]"), RawJson.EMPTY_OBJECT));
        Pool pool = fixture.pool(broken);
        PendingCall waiting = submit(pool, "echo", "[1]");
        assertThat(failure(outcome(waiting), Failure.PoolBroken.class).reason())
                .matches("worker p1-\\d+ was not fit to start: its initializer raised "
                        + "java.lang.IllegalStateException: bad");
        PoolView view = pool.view();
        assertThat(view.counters().workersLost())
                .isPositive()
                .isLessThanOrEqualTo(view.counters().workersStarted());
        assertThat(view.state()).isEqualTo(PoolState.BROKEN);
        assertThat(view.reason()).contains("bad");
        assertThat(refusal(pool)).isEqualTo(RefusedException.Cause.BROKEN);
        assertThat(fixture.endings.getOrDefault("start", 0L))
                .as("tries before it breaks")
                .isLessThanOrEqualTo(6);
        pool.change(withInitializer(new Initializer("echo", RawJson.of("[0]"), RawJson.EMPTY_OBJECT)));
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().state()).isEqualTo(PoolState.RUNNING));
        assertThat(value(run(pool, "echo", "[2]"))).isEqualTo("2");
    }

    private PoolSettings withInitializer(Initializer initializer) {
        return new PoolSettings(kind, 2, 100, null, null, null, 1, null, initializer, null, "java");
    }

    @Test
    void theSizeChangesWhileThePoolWorks() throws Exception {
        Pool pool = pool(1);
        List<PendingCall> calls = IntStream.range(0, 40)
                .mapToObj(i -> submit(pool, "sleep", "[0.05]"))
                .toList();
        for (int size : new int[] {4, 2, 3, 1, 5}) {
            pool.change(settings(kind, size));
            Eventually.within(
                    PoolFixture.PATIENCE,
                    () -> assertThat(pool.view().running()).isGreaterThan(0).isLessThanOrEqualTo(5));
        }
        calls.forEach(each -> value(outcome(each)));
        int workers = kind == PoolKind.PROCESS ? 5 : 1;
        Eventually.within(PoolFixture.PATIENCE, () -> assertThat(pool.workers()).hasSize(workers));
        assertThat(pool.view().counters().workersLost()).isZero();
    }

    @Test
    void asManyRunAtOnceAsThereAreSlots() {
        Pool pool = pool(3);
        Eventually.within(PoolFixture.PATIENCE, () -> assertThat(pool.workers())
                .isNotEmpty()
                .allMatch(worker -> worker.state().equals("idle")));
        List<PendingCall> calls = IntStream.range(0, 4)
                .mapToObj(i -> submit(pool, "sleep", "[0.4]"))
                .toList();
        awaitRunning(pool, 3);
        assertThat(pool.view().queued()).isEqualTo(1);
        calls.forEach(each -> value(outcome(each)));
    }

    private RefusedException.Cause refusal(Pool pool) {
        return catchThrowableOfType(RefusedException.class, () -> pool.submit(call("echo", "[1]")))
                .why();
    }

    static void awaitRunning(Pool pool, int count) {
        Eventually.within(PoolFixture.PATIENCE, () -> {
            assertThat(pool.view().running()).isEqualTo(count);
            assertThat(pool.acceptedAll()).isTrue();
        });
    }

    static long pidOf(Pool pool) {
        return Eventually.until(PoolFixture.PATIENCE, () -> {
            Long pid = pool.workers().getFirst().pid();
            if (pid == null) {
                throw new AssertionError("the worker has no process yet");
            }
            return pid;
        });
    }

    private static java.time.Instant startedAt(PendingCall call) {
        return ran(outcome(call)).startedAt();
    }
}
