package dev.motorpool.pool;

import static dev.motorpool.pool.PoolFixture.failure;
import static dev.motorpool.pool.PoolFixture.outcome;
import static dev.motorpool.pool.PoolFixture.submit;
import static dev.motorpool.pool.PoolFixture.value;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.pool.settings.Sandbox;
import dev.motorpool.runtime.BadWorker;
import dev.motorpool.runtime.Bubblewrap;
import dev.motorpool.runtime.CommandRuntime;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.runtime.WorkerLaunch;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker that lies, babbles or breaks costs only its own call: every pool goes on with a fresh one. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class BadWorkerPoolTest {

    private static final Duration SHORT_START = Duration.ofSeconds(1);
    private static final EngineLimits LIMITS = limits(Duration.ofSeconds(20));

    private static EngineLimits limits(Duration start) {
        return new EngineLimits(1 << 20, 1 << 16, start, Duration.ofMillis(300), Duration.ofMillis(300));
    }

    /** The worker that the runtime starts next. */
    private volatile WorkerRuntime next = bad("good");

    private PoolFixture fixture = fixture(LIMITS);

    private PoolFixture fixture(EngineLimits limits) {
        return new PoolFixture(Map.of("java", shape -> next.command(shape)), limits);
    }

    private static WorkerRuntime bad(String mode) {
        return new CommandRuntime(BadWorker.command(mode), LIMITS.frame());
    }

    @AfterEach
    void closePools() {
        fixture.close();
    }

    private Pool pool(String mode) {
        next = bad(mode);
        Pool pool = fixture.pool(PoolFixture.settings(PoolKind.PROCESS, 1));
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().state()).isEqualTo(PoolState.RUNNING));
        next = bad("good");
        return pool;
    }

    @ParameterizedTest
    @CsvSource({
        "dies, exited with code 7, crash",
        "killed, killed by signal 9 (SIGKILL), crash",
        "half-frame, broke the protocol, protocol",
        "garbage, broke the protocol, protocol",
        "not-json, broke the protocol, protocol",
        "not-utf8, broke the protocol, protocol",
        "duplicate-member, broke the protocol, protocol",
        "unknown-type, broke the protocol, protocol",
        "order, only the service sends, protocol",
        "too-long, broke the protocol, protocol",
        "zero-length, broke the protocol, protocol",
        "unknown-call, does not hold, protocol",
        "hello-again, hello twice, protocol",
        "drops, unasked, protocol",
        "leaves-and-stays, did not exit, protocol"
    })
    void failsTheCallAndIsReplaced(String mode, String reason, String ending) {
        Pool pool = pool(mode);
        Failure.WorkerLost lost = failure(outcome(submit(pool, "f", "[]")), Failure.WorkerLost.class);
        assertThat(lost.reason()).contains(reason).contains("pid");
        assertThat(value(outcome(submit(pool, "f", "[]")))).isEqualTo("1");
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(fixture.endings).containsExactly(Map.entry(ending, 1L)));
    }

    /** What it dies of may be the call: that is not given to one worker after another for ever. */
    @Test
    void aCallThatNoWorkerAcceptsFailsInTheEnd() {
        next = bad("accepts-nothing");
        Pool pool = fixture.pool(PoolFixture.settings(PoolKind.PROCESS, 1));
        Failure.WorkerLost lost = failure(outcome(submit(pool, "f", "[]")), Failure.WorkerLost.class);
        assertThat(lost.reason()).contains("exited with code 7");
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(fixture.endings).containsExactly(Map.entry("crash", 3L)));
    }

    @Test
    void newsOfCallsThatTheWorkerDoesNotHoldAreIgnored() {
        Pool pool = pool("tells-of-others");
        Heard heard = new Heard();
        pool.submitDetached(PoolFixture.detached("f", "[]", 0, 0, heard));
        assertThat(value(heard.outcome())).isEqualTo("1");
        assertThat(heard.wordsSinceStart()).containsExactly("output", "1 of 2: mine", "ended");
        assertThat(heard.printed()).isEqualTo("mine");
        assertThat(fixture.endings).isEmpty();
    }

    /** The end of its pipe does not come when it dies: others hold that open. */
    @ParameterizedTest
    @ValueSource(strings = {"dies-with-child", "dies-with-outsider"})
    void aDeathIsSeenThoughAChildHoldsThePipe(String mode) throws Exception {
        Pool pool = pool(mode);
        PendingCall call = submit(pool, "f", "[]");
        Outcome outcome = call.await(Duration.ofSeconds(6));
        assertThat(outcome).as("before the outsider lets go of the pipe").isNotNull();
        assertThat(failure(requireNonNull(outcome), Failure.WorkerLost.class).exitCode())
                .isEqualTo(7);
        assertThat(value(outcome(submit(pool, "f", "[]")))).isEqualTo("1");
        assertThat(fixture.endings).containsExactly(Map.entry("crash", 1L));
    }

    @Test
    void aSecondAnswerKillsTheWorkerAndTheFirstStays() {
        Pool pool = pool("twice");
        assertThat(value(outcome(submit(pool, "f", "[]")))).isEqualTo("1");
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(fixture.endings).containsExactly(Map.entry("protocol", 1L)));
        assertThat(value(outcome(submit(pool, "f", "[]")))).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"half-frame-hangs", "babbles", "never-answers", "never-reads"})
    void aTimeoutEndsWhatNeverAnswers(String mode) {
        Pool pool = pool(mode);
        PendingCall call = submit(pool, PoolFixture.call("f", "[]", Duration.ofMillis(300), null, 0));
        failure(outcome(call), Failure.TimedOut.class);
        assertThat(value(outcome(submit(pool, "f", "[]")))).isEqualTo("1");
    }

    @Test
    void aWorkerThatNeverReadsDoesNotHoldUpTheService() {
        Pool pool = pool("never-reads");
        String large = "[\"" + "x".repeat(900_000) + "\"]";
        PendingCall call = submit(pool, PoolFixture.call("f", large, Duration.ofMillis(500), null, 0));
        failure(outcome(call), Failure.TimedOut.class);
        assertThat(value(outcome(submit(pool, "f", "[]")))).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource({
        "exits-at-start, exited with code 3, no licence found",
        "silent, was not ready 1000 ms after its start, ",
        "slow-hello, was not ready 1000 ms after its start, ",
        "wrong-version, version, ",
        "result-first, did not say hello first, ",
        "garbage-first, broke the protocol, ",
        "text-first, broke the protocol, "
    })
    void aWorkerThatCannotStartBreaksThePoolUntilTheCauseIsGone(String mode, String reason, String lastWords)
            throws Exception {
        // A worker that says nothing has to be waited for, so here the limit is short.
        fixture.close();
        fixture = fixture(limits(mode.equals("silent") || mode.equals("slow-hello") ? SHORT_START : LIMITS.start()));
        next = bad(mode);
        Pool pool = fixture.pool(PoolFixture.settings(PoolKind.PROCESS, 1));
        PendingCall waiting = submit(pool, "f", "[]");
        Failure.PoolBroken broken = failure(outcome(waiting), Failure.PoolBroken.class);
        assertThat(broken.reason()).contains(reason);
        assertThat(fixture.endings.getOrDefault("start", 0L))
                .as("tries before the pool is broken")
                .isLessThanOrEqualTo(3);
        Eventually.within(
                PoolFixture.PATIENCE,
                () -> assertThat(pool.view().reason()).contains(reason).contains(lastWords == null ? "" : lastWords));
        next = bad("good");
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().state()).isEqualTo(PoolState.RUNNING));
        assertThat(pool.view().reason()).isNull();
        assertThat(value(outcome(pool.submit(PoolFixture.call("f", "[]"))))).isEqualTo("1");
    }

    @Test
    void aProgramThatIsNotThereBreaksThePoolWithItsName() {
        next = new CommandRuntime(List.of("/nonexistent/worker"), LIMITS.frame());
        Pool pool = fixture.pool(PoolFixture.settings(PoolKind.THREAD, 4));
        failure(outcome(submit(pool, "f", "[]")), Failure.PoolBroken.class);
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().reason()).contains("/nonexistent/worker"));
    }

    @Test
    void aPoolWhoseWorkersCannotBeConfinedIsBrokenAndStartsNone(@TempDir Path empty) {
        WorkerLaunch launch = WorkerLaunch.of(Map.of("PATH", empty.toString()))
                .in(new Bubblewrap(empty, empty.resolve("functions"), new Spawner()));
        next = new CommandRuntime(BadWorker.command("good"), LIMITS.frame(), launch);
        Pool pool = fixture.pool(new PoolSettings(
                PoolKind.PROCESS, 1, 10, null, null, null, 1, null, null, null, "java", Sandbox.BUBBLEWRAP, true));
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().state()).isEqualTo(PoolState.BROKEN));
        assertThat(pool.view().reason()).contains("there is no bwrap in PATH: install bubblewrap");
        assertThat(pool.view().counters().workersStarted()).isZero();
    }

    @Test
    void aWorkerThatIgnoresEveryRequestToEndIsKilled() throws Exception {
        Pool pool = pool("ignores-stop");
        assertThat(value(outcome(submit(pool, "f", "[]")))).isEqualTo("1");
        pool.close();
        assertThat(pool.join(Duration.ofSeconds(5))).isTrue();
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(fixture.endings).containsExactly(Map.entry("stopped", 1L)));
    }

    /** The cause of a broken pool is outside of the service: here a jar that is not there, and then is. */
    @Test
    void healsByItselfWhenTheMachineIsMended(@TempDir Path folder) throws IOException {
        Path program = folder.resolve("worker.sh");
        next = new CommandRuntime(List.of(program.toString()), LIMITS.frame());
        Pool pool = fixture.pool(PoolFixture.settings(PoolKind.PROCESS, 2));
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().state()).isEqualTo(PoolState.BROKEN));
        assertThat(pool.idleSlots()).isZero();
        StringBuilder script = new StringBuilder("#!/bin/sh\nexec");
        BadWorker.command("good")
                .forEach(word -> script.append(" '").append(word).append('\''));
        Files.writeString(program, script.append('\n'));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Eventually.within(PoolFixture.PATIENCE, () -> {
            assertThat(pool.view().state()).isEqualTo(PoolState.RUNNING);
            assertThat(pool.workers()).hasSize(2).allMatch(worker -> worker.state()
                    .equals("idle"));
            assertThat(pool.idleSlots()).isEqualTo(2);
        });
    }
}
