package dev.motorpool.pool;

import static dev.motorpool.pool.PoolFixture.failure;
import static dev.motorpool.pool.PoolFixture.outcome;
import static dev.motorpool.pool.PoolFixture.run;
import static dev.motorpool.pool.PoolFixture.submit;
import static dev.motorpool.pool.PoolFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.runtime.AcceptedOrders;
import dev.motorpool.runtime.BadWorker;
import dev.motorpool.runtime.CommandRuntime;
import dev.motorpool.runtime.WorkerCommand;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.runtime.WorkerShape;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.RealWorkers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that are stopped, or that have died while they were idle: what they have not accepted runs elsewhere. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class SilenceTest {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** The worker that the runtime starts next. */
    private volatile WorkerRuntime next = RealWorkers.java();

    private PoolFixture fixture = fixture(LIMIT);

    private PoolFixture fixture(Duration silence) {
        EngineLimits usual = EngineLimits.DEFAULT;
        return new PoolFixture(
                Map.of("java", shape -> next.command(shape)),
                new EngineLimits(usual.frame(), usual.value(), usual.start(), usual.stop(), usual.stuck(), silence));
    }

    @AfterEach
    void closePools() {
        fixture.close();
    }

    private static void signal(Pool pool, String signal) {
        try {
            WorkerView worker = pool.workers().getFirst();
            assertThat(new ProcessBuilder("/bin/kill", "-" + signal, String.valueOf(worker.pid()))
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Stops the first worker; until one of its threads has taken the signal the others go on. */
    private static void freeze(Pool pool) {
        signal(pool, "STOP");
        Path threads = Path.of("/proc", String.valueOf(pool.workers().getFirst().pid()), "task");
        boolean _ = Eventually.until(PoolFixture.PATIENCE, () -> {
            try (Stream<Path> all = Files.list(threads)) {
                assertThat(all).allMatch(SilenceTest::isStopped);
                return true;
            }
        });
    }

    private static boolean isStopped(Path thread) {
        try {
            String status = Files.readString(thread.resolve("stat"));
            return status.charAt(status.lastIndexOf(')') + 2) == 'T';
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Pool ready(PoolKind kind, int size) {
        Pool pool = fixture.pool(PoolFixture.settings(kind, size));
        assertThat(value(run(pool, "echo", "[0]"))).isEqualTo("0");
        return pool;
    }

    /** A Java worker that sends what it accepts, as it has no file for that. */
    private static WorkerCommand sending(WorkerShape shape) throws InterruptedException {
        WorkerCommand usual = RealWorkers.java().command(shape);
        List<String> command = new ArrayList<>(List.of("/usr/bin/env", "-u", AcceptedOrders.VARIABLE));
        command.addAll(usual.command());
        return new WorkerCommand(command, usual.environment());
    }

    @ParameterizedTest
    @EnumSource
    void callsThatAFrozenWorkerHasNotAcceptedRunElsewhere(PoolKind kind) {
        notAcceptedRunsElsewhere(kind);
    }

    @Test
    void soDoThoseOfAWorkerThatSendsWhatItAccepts() {
        next = SilenceTest::sending;
        notAcceptedRunsElsewhere(PoolKind.PROCESS);
    }

    private void notAcceptedRunsElsewhere(PoolKind kind) {
        Pool pool = ready(kind, 1);
        freeze(pool);
        List<PendingCall> calls = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            calls.add(submit(pool, "echo", "[" + i + "]"));
        }
        Results results = new Results();
        results.run(pool, "echo", 4, IntStream.range(0, 40).boxed().toList());
        assertThat(results.values())
                .isEqualTo(IntStream.range(0, 40).mapToObj(Integer::toString).toList());
        for (int i = 0; i < 16; i++) {
            assertThat(value(outcome(calls.get(i)))).isEqualTo(Integer.toString(i));
        }
        assertThat(fixture.endings).containsExactly(Map.entry("silent", 1L));
    }

    @ParameterizedTest
    @EnumSource
    void whatRanInAFrozenWorkerIsLostWithIt(PoolKind kind) {
        acceptedIsLost(kind);
    }

    @Test
    void soIsWhatRanInAWorkerThatSendsWhatItAccepts() {
        next = SilenceTest::sending;
        acceptedIsLost(PoolKind.THREAD);
    }

    private void acceptedIsLost(PoolKind kind) {
        Pool pool = ready(kind, 1);
        PendingCall running = submit(pool, "sleep", "[1000]");
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().running()).isEqualTo(1));
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.acceptedAll()).isTrue());
        freeze(pool);
        PendingCall waiting = submit(pool, "echo", "[1]");
        Failure.WorkerLost lost = failure(outcome(running), Failure.WorkerLost.class);
        assertThat(lost.reason()).contains("no sign of life", "motorpool.worker.silence", "2.0 s");
        assertThat(value(outcome(waiting))).isEqualTo("1");
    }

    /** Nobody waits, and nothing runs: it is noticed all the same. */
    @Test
    void anIdleFrozenWorkerIsReplaced() {
        Pool pool = ready(PoolKind.PROCESS, 1);
        String frozen = pool.workers().getFirst().id();
        freeze(pool);
        Eventually.within(PoolFixture.PATIENCE, () -> {
            assertThat(pool.workers()).hasSize(1).noneMatch(worker -> worker.id()
                    .equals(frozen));
            assertThat(pool.idleSlots()).isEqualTo(1);
        });
    }

    /** Lasts three limits: the worker answers while its function computes or waits. */
    @ParameterizedTest
    @ValueSource(strings = {"PROCESS", "THREAD"})
    void aBusyWorkerIsLeftAlone(PoolKind kind) {
        fixture.close();
        fixture = fixture(Duration.ofSeconds(1));
        Pool pool = ready(kind, 1);
        PendingCall call = submit(pool, "sleep", "[3]");
        PendingCall waiting = submit(pool, "echo", "[1]");
        assertThat(outcome(call)).isInstanceOf(Outcome.Succeeded.class);
        assertThat(outcome(waiting)).isInstanceOf(Outcome.Succeeded.class);
        assertThat(fixture.endings).isEmpty();
    }

    @Test
    void aWorkerThatAnswersCallsAndNoPingIsKilledAndOneThatPromisesNoneIsNot() {
        fixture.close();
        fixture = fixture(Duration.ofMillis(500));
        next = new CommandRuntime(BadWorker.command("never-answers"), EngineLimits.DEFAULT.frame());
        Pool quiet = fixture.pool(PoolFixture.settings(PoolKind.PROCESS, 1));
        PendingCall unanswered = submit(quiet, "f", "[]");
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(quiet.view().running()).isEqualTo(1));
        next = new CommandRuntime(BadWorker.command("deaf"), EngineLimits.DEFAULT.frame());
        Pool deaf = fixture.pool(PoolFixture.settings(PoolKind.PROCESS, 1));
        assertThat(value(run(deaf, "f", "[]"))).isEqualTo("1");
        Eventually.within(PoolFixture.PATIENCE, () -> assertThat(fixture.endings.getOrDefault("silent", 0L))
                .isGreaterThanOrEqualTo(2));
        assertThat(quiet.view().counters().workersLost()).isZero();
        unanswered.cancel();
    }

    @ParameterizedTest
    @EnumSource
    void aCallNeverDiesWithAWorkerThatHadDiedBefore(PoolKind kind) {
        Pool pool = ready(kind, 1);
        for (int i = 0; i < 8; i++) {
            Eventually.within(
                    PoolFixture.PATIENCE, () -> assertThat(pool.idleSlots()).isEqualTo(1));
            signal(pool, "KILL");
            if (i % 2 == 0) {
                assertThat(value(run(pool, "echo", "[" + i + "]"))).isEqualTo(Integer.toString(i));
            } else {
                Results results = new Results();
                results.run(pool, "echo", 1, List.of(1, 2, 3));
                assertThat(results.values()).containsExactly("1", "2", "3");
            }
        }
    }
}
