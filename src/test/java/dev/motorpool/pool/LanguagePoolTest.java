package dev.motorpool.pool;

import static dev.motorpool.pool.PoolFixture.call;
import static dev.motorpool.pool.PoolFixture.failure;
import static dev.motorpool.pool.PoolFixture.outcome;
import static dev.motorpool.pool.PoolFixture.ran;
import static dev.motorpool.pool.PoolFixture.run;
import static dev.motorpool.pool.PoolFixture.submit;
import static dev.motorpool.pool.PoolFixture.value;
import static dev.motorpool.pool.PoolSemantics.awaitRunning;
import static dev.motorpool.pool.PoolSemantics.pidOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.conform.ConformWorkers;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.runtime.Language;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.Zombies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link PoolSemantics} says of pools with Java workers holds with Python and Node workers: what functions do to
 * their worker costs their own call, and the pool goes on.
 */
@ExtendWith(LeavesNothingBehind.class)
@ParameterizedClass(allowZeroInvocations = true)
@MethodSource("pools")
@Tag("slow")
class LanguagePoolTest {

    private static final String RUNTIME = "tested";

    private final PoolKind kind;
    private final PoolFixture fixture;

    LanguagePoolTest(Language language, PoolKind kind, WorkerRuntime runtime) {
        this.kind = kind;
        this.fixture = new PoolFixture(Map.of(RUNTIME, runtime));
    }

    /** Each kind, for each language that is here. */
    static List<Arguments> pools() throws InterruptedException {
        Map<Language, WorkerRuntime> runtimes = new EnumMap<>(Language.class);
        for (Language language : Language.values()) {
            WorkerRuntime runtime = ConformWorkers.ofGoodSources(language);
            if (runtime != null) {
                runtimes.put(language, runtime);
            }
        }
        List<Arguments> pools = new ArrayList<>();
        runtimes.forEach((language, runtime) -> {
            for (PoolKind each : PoolKind.values()) {
                pools.add(Arguments.of(language, each, runtime));
            }
        });
        return pools;
    }

    @AfterEach
    void closePools() {
        fixture.close();
    }

    private Pool pool() {
        return pool(null);
    }

    private Pool pool(@Nullable Integer tasks) {
        return fixture.pool(new PoolSettings(kind, 1, 10_000, null, null, tasks, 1, null, null, null, RUNTIME));
    }

    private static void assertWorks(Pool pool) {
        assertThat(value(run(pool, "conform.echo", "[\"works\"]"))).isEqualTo("\"works\"");
    }

    @Test
    void aKilledWorkerCostsTheCallThatRan() {
        Pool pool = pool();
        PendingCall running = submit(pool, "conform.sleep", "[60]");
        awaitRunning(pool, 1);
        List<PendingCall> waiting = IntStream.range(0, 50)
                .mapToObj(i -> submit(pool, "conform.echo", "[" + i + "]"))
                .toList();
        assertThat(ProcessHandle.of(pidOf(pool)).orElseThrow().destroyForcibly())
                .isTrue();
        assertThat(failure(outcome(running), Failure.WorkerLost.class).signal()).isEqualTo(9);
        for (int i = 0; i < 50; i++) {
            assertThat(value(outcome(waiting.get(i)))).isEqualTo(Integer.toString(i));
        }
        assertThat(pool.view().counters().workersLost()).isEqualTo(1);
    }

    /** In a process of many threads only SIGKILL ends the one that sends it at once; its call may else end first. */
    @Test
    void aSignalOfTheFunctionIsTold() {
        Pool pool = pool();
        int signal = kind == PoolKind.PROCESS ? 11 : 9;
        Failure.WorkerLost lost = failure(run(pool, "conform.signal", "[" + signal + ", 0]"), Failure.WorkerLost.class);
        assertThat(lost.signal()).isEqualTo(signal);
        assertWorks(pool);
    }

    /** In threads and coroutines neighbours live. */
    @Test
    void anExitOfTheFunctionIsTold() {
        Pool pool = pool();
        Outcome exited = run(pool, "conform.exit", "[137]");
        if (kind == PoolKind.PROCESS) {
            Failure.WorkerLost lost = failure(exited, Failure.WorkerLost.class);
            assertThat(lost.exitCode()).isEqualTo(137);
            assertThat(lost.signal()).isNull();
        } else {
            failure(exited, Failure.Raised.class);
        }
        assertWorks(pool);
    }

    @Test
    void aTimeLimitEndsTheCallAndNotThePool() {
        Pool pool = pool();
        assertWorks(pool);
        Outcome late = outcome(submit(pool, call("conform.sleep", "[60]", Duration.ofMillis(200), null, 0)));
        failure(late, Failure.TimedOut.class);
        assertWorks(pool);
        assertThat(pool.view().counters().timedOut()).isEqualTo(1);
    }

    @Test
    void aFunctionThatHangsIsReplacedWithItsProcess() {
        Pool pool = pool();
        assertWorks(pool);
        Outcome hung = outcome(submit(pool, call("conform.hang", "[]", Duration.ofMillis(200), null, 0)));
        failure(hung, Failure.TimedOut.class);
        assertWorks(pool);
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().stuck()).isZero());
    }

    @Test
    void cancelEndsACallInEachOfItsStates() {
        Pool pool = pool();
        PendingCall running = submit(pool, "conform.sleep", "[60]");
        awaitRunning(pool, 1);
        PendingCall queued = submit(pool, "conform.sleep", "[60]");
        PendingCall last = submit(pool, "conform.echo", "[1]");
        queued.cancel();
        failure(outcome(queued), Failure.Cancelled.class);
        assertThat(outcome(queued).run()).isNull();
        running.cancel();
        failure(outcome(running), Failure.Cancelled.class);
        assertThat(value(outcome(last))).isEqualTo("1");
        last.cancel();
        assertThat(value(outcome(last))).isEqualTo("1");
    }

    @Test
    void whatFunctionsPrintAndReportHarmsNobody() {
        Pool pool = pool();
        String much = '"' + "x".repeat(1 << 20) + '"';
        for (int i = 0; i < 5; i++) {
            value(run(pool, "conform.write", "[" + much + "]"));
        }
        assertThat(value(run(pool, "conform.babble", "[20000]"))).isEqualTo("20000");
        assertWorks(pool);
        assertThat(fixture.endings).isEmpty();
    }

    @Test
    void aWorkerLeavesAfterSoManyTasks() {
        Pool pool = pool(3);
        List<PendingCall> calls = IntStream.range(0, 9)
                .mapToObj(i -> submit(pool, "conform.echo", "[" + i + "]"))
                .toList();
        Map<Long, Long> tasks = calls.stream()
                .map(each -> ran(outcome(each)).pid())
                .collect(Collectors.groupingBy(pid -> pid, Collectors.counting()));
        assertThat(tasks).hasSize(3).allSatisfy((pid, count) -> assertThat(count)
                .isEqualTo(3));
        assertThat(pool.view().counters().workersLost()).isZero();
    }

    @Test
    void aKilledWorkerTakesItsChildrenAlong() {
        Pool pool = pool();
        long child = Long.parseLong(value(run(pool, "conform.spawn", "[600]")));
        ProcessHandle process = ProcessHandle.of(child).orElseThrow();
        assertThat(Zombies.runs(process)).isTrue();
        assertThat(ProcessHandle.of(pidOf(pool)).orElseThrow().destroyForcibly())
                .isTrue();
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(Zombies.runs(process)).isFalse());
    }
}
