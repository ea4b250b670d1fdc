package dev.motorpool.pool;

import static dev.motorpool.pool.PoolFixture.call;
import static dev.motorpool.pool.PoolFixture.detached;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Properties of detached calls in pools of every kind, with real worker processes. */
@ExtendWith(LeavesNothingBehind.class)
@ParameterizedClass
@EnumSource
@Tag("slow")
class DetachedCallTest {

    private static final Initializer BAD = new Initializer("raise", RawJson.of("[\"bad\"]"), RawJson.EMPTY_OBJECT);
    private static final int FLOOD_MEBIBYTES = 50;

    private final PoolKind kind;
    private final PoolFixture fixture = new PoolFixture();

    DetachedCallTest(PoolKind kind) {
        this.kind = kind;
    }

    @AfterEach
    void closePools() {
        fixture.close();
    }

    private Pool pool(int size) {
        return fixture.pool(settings(kind, size));
    }

    private static PendingCall submitDetached(Pool pool, String function, String args, CallListener listener) {
        return pool.submitDetached(detached(function, args, 0, CallAge.of(Instant.now()), listener));
    }

    private static Heard runDetached(Pool pool, String function, String args) {
        Heard heard = new Heard();
        submitDetached(pool, function, args, heard);
        heard.outcome();
        return heard;
    }

    /** A call that holds the one slot of the pool, and keeps others from being sent ahead. */
    private static PendingCall block(Pool pool, String seconds) {
        PendingCall blocker = submit(pool, "sleep", "[" + seconds + "]");
        PoolSemantics.awaitRunning(pool, 1);
        return blocker;
    }

    @Test
    void detachedAndOtherCallsHaveOneOrder() {
        Pool pool = pool(1);
        PendingCall blocker = block(pool, "0.3");
        long now = CallAge.of(Instant.now());
        List<PendingCall> calls = List.of(
                submit(pool, call("sleep", "[0.01]", null, null, 0)),
                pool.submitDetached(detached("sleep", "[0.01]", 0, now - 5_000, new Heard())),
                pool.submitDetached(detached("sleep", "[0.01]", 0, now - 9_000, new Heard())),
                submit(pool, call("sleep", "[0.01]", null, null, 3)),
                pool.submitDetached(detached("sleep", "[0.01]", 3, now + 600_000_000, new Heard())),
                pool.submitDetached(detached("sleep", "[0.01]", -1, 0, new Heard())),
                pool.submitDetached(detached("sleep", "[0.01]", 0, now + 600_000_000, new Heard())));
        value(outcome(blocker));
        List<Integer> order = IntStream.range(0, calls.size())
                .boxed()
                .sorted(Comparator.comparing(i -> ran(outcome(calls.get(i))).startedAt()))
                .toList();
        assertThat(order).containsExactly(3, 4, 2, 1, 0, 6, 5);
    }

    @Test
    void detachedCallsTakeNoRoomFromOthers() {
        Pool pool = fixture.pool(new PoolSettings(kind, 1, 3, null, null, null, 1, null, null, null, "java"));
        block(pool, "60");
        List<Heard> detached = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Heard heard = new Heard();
            detached.add(heard);
            submitDetached(pool, "echo", "[1]", heard);
        }
        IntStream.range(0, 3).forEach(i -> submit(pool, "echo", "[1]"));
        RefusedException refused = catchThrowableOfType(RefusedException.class, () -> pool.submit(call("echo", "[1]")));
        assertThat(refused.why()).isEqualTo(RefusedException.Cause.QUEUE_FULL);
        assertThat(pool.view().queued()).isEqualTo(3);
        assertThat(pool.view().counters().submitted()).isEqualTo(54);
        submitDetached(pool, "echo", "[1]", new Heard());
        pool.terminate();
        detached.forEach(heard -> failure(heard.outcome(), Failure.Cancelled.class));
        assertThat(detached).allSatisfy(heard -> assertThat(heard.words()).containsExactly("ended"));
    }

    @Test
    void aBrokenPoolKeepsDetachedCallsUntilItHeals() throws Exception {
        Pool pool = fixture.pool(withInitializer(BAD));
        Heard before = new Heard();
        submitDetached(pool, "echo", "[1]", before);
        Results lane = detachedLane();
        lane.open(pool, "echo", 2).add(Results.items(List.of(5, 6, 7)));
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().state()).isEqualTo(PoolState.BROKEN));
        pool.admitDetached();
        Heard after = new Heard();
        submitDetached(pool, "echo", "[2]", after);
        Results laneAfter = detachedLane();
        laneAfter.open(pool, "echo", 2).add(Results.items(List.of(8)));
        assertThat(pool.view().queued()).isZero();
        assertThat(before.words()).isEmpty();
        pool.change(withInitializer(null));
        assertThat(value(before.outcome())).isEqualTo("1");
        assertThat(value(after.outcome())).isEqualTo("2");
        lane.await(3);
        laneAfter.await(1);
        assertThat(lane.values()).containsExactly("5", "6", "7");
    }

    private PoolSettings withInitializer(@Nullable Initializer initializer) {
        return new PoolSettings(kind, 2, 100, null, null, null, 1, null, initializer, null, "java");
    }

    private static Results detachedLane() {
        Results results = new Results();
        results.detached = true;
        return results;
    }

    @Test
    void aClosedPoolStaysForTheDetachedJobsThatItHasAccepted() throws Exception {
        Pool pool = pool(1);
        pool.admitDetached();
        pool.restoreDetached(2);
        pool.close();
        assertThat(catchThrowableOfType(RefusedException.class, pool::admitDetached)
                        .why())
                .isEqualTo(RefusedException.Cause.CLOSED);
        assertThat(value(runDetached(pool, "echo", "[1]").outcome())).isEqualTo("1");
        pool.detachedEnded(2);
        assertThat(pool.join(Duration.ofMillis(200))).isFalse();
        assertThat(value(runDetached(pool, "echo", "[2]").outcome())).isEqualTo("2");
        pool.detachedEnded(1);
        assertThat(pool.join(PoolFixture.PATIENCE)).isTrue();
    }

    @Test
    void aPoolThatWasClosedBeforeTheServiceStartedRunsItsDetachedJobs() throws Exception {
        Pool pool = pool(1);
        pool.close();
        assertThat(pool.join(PoolFixture.PATIENCE)).isTrue();
        pool.restoreDetached(1);
        assertThat(value(runDetached(pool, "echo", "[1]").outcome())).isEqualTo("1");
        assertThat(pool.join(Duration.ofMillis(100))).isFalse();
        pool.detachedEnded(1);
        assertThat(pool.join(PoolFixture.PATIENCE)).isTrue();
        assertThat(pool.view().state()).isEqualTo(PoolState.CLOSED);
    }

    @Test
    void whatComesAfterTheEndEndsAtOnce() throws Exception {
        Pool terminated = pool(1);
        terminated.admitDetached();
        terminated.terminate();
        failure(runDetached(terminated, "echo", "[1]").outcome(), Failure.Cancelled.class);
        Results lane = detachedLane();
        lane.open(terminated, "echo", 1).add(Results.items(List.of(1)));
        assertThat(lane.ended()).isInstanceOf(Failure.Cancelled.class);
        assertThat(terminated.join(PoolFixture.PATIENCE)).isTrue();
        assertThat(catchThrowableOfType(RefusedException.class, terminated::admitDetached)
                        .why())
                .isEqualTo(RefusedException.Cause.CLOSED);

        Pool stopping = pool(1);
        Heard waiting = new Heard();
        block(stopping, "60");
        submitDetached(stopping, "echo", "[1]", waiting);
        stopping.stop("the test is over");
        failure(waiting.outcome(), Failure.Unavailable.class);
        failure(runDetached(stopping, "echo", "[1]").outcome(), Failure.Unavailable.class);
        assertThat(catchThrowableOfType(RefusedException.class, stopping::admitDetached)
                        .why())
                .isEqualTo(RefusedException.Cause.UNAVAILABLE);
    }

    @Test
    void aCallThatWaitsCanBeWithdrawnAndNoOther() {
        Pool pool = pool(1);
        Heard running = new Heard();
        PendingCall runs = submitDetached(pool, "sleep", "[0.5]", running);
        running.awaitStart();
        Heard waiting = new Heard();
        PendingCall waits = submitDetached(pool, "sleep", "[0]", waiting);
        PendingCall another = submit(pool, "sleep", "[0.01]");
        assertThat(pool.withdraw(waits)).isTrue();
        assertThat(pool.withdraw(waits)).isFalse();
        assertThat(pool.withdraw(runs)).isFalse();
        assertThat(pool.withdraw(another)).isFalse();
        waits.cancel();
        value(running.outcome());
        value(outcome(another));
        value(run(pool, "echo", "[1]"));
        assertThat(pool.withdraw(runs)).isFalse();
        assertThat(waiting.words()).isEmpty();
        assertThat(pool.view().counters().submitted()).isEqualTo(3);
        assertThat(pool.view().counters().cancelled()).isZero();
    }

    @Test
    void aListenerHearsAllOfACallInItsOrder() {
        Pool pool = pool(2);
        Heard heard = runDetached(pool, "print", "[\"h\u00e9llo\", 0.3]");
        heard.awaitStart();
        assertThat(heard.wordsSinceStart()).containsExactly("output", "1 of 2: h\u00e9llo", "output", "ended");
        assertThat(heard.printed()).isEqualTo("""
            h\u00e9llo to standard output
            h\u00e9llo to standard error
            h\u00e9llo from a thread
            h\u00e9llo from a virtual thread
            h\u00e9llo at last
            """);
        Heard silent = runDetached(pool, "echo", "[1]");
        silent.awaitStart();
        assertThat(silent.words()).containsExactlyInAnyOrder("started", "ended");
        Heard failed = runDetached(pool, "raise", "[]");
        failed.awaitStart();
        assertThat(failed.words()).containsExactlyInAnyOrder("started", "ended");
        failure(failed.outcome(), Failure.Raised.class);
    }

    @Test
    void whatOneCallPrintsIsNotAnothers() {
        Pool pool = pool(4);
        List<Heard> all = IntStream.range(0, 40).mapToObj(i -> new Heard()).toList();
        for (int i = 0; i < all.size(); i++) {
            submitDetached(pool, "print", "[\"call " + i + "\", 0.01]", all.get(i));
            submit(pool, "print", "[\"nobody listens\"]");
        }
        for (int i = 0; i < all.size(); i++) {
            value(all.get(i).outcome());
            String name = "call " + i + " ";
            assertThat(all.get(i).printed().lines()).hasSize(5).allMatch(line -> line.startsWith(name));
        }
    }

    @Test
    void ofAFloodTheEndArrivesBeforeTheOutcome() {
        Pool pool = pool(1);
        Heard heard = runDetached(pool, "flood", "[" + FLOOD_MEBIBYTES + "]");
        value(heard.outcome());
        String printed = heard.printed();
        assertThat(printed.length())
                .isGreaterThanOrEqualTo(64 * 1024)
                .as("characters of %s MiB, in %s reports", 2 * FLOOD_MEBIBYTES, heard.reports())
                .isLessThan(FLOOD_MEBIBYTES << 20);
        String end = printed.substring(printed.length() - 64 * 1024);
        assertThat(end.lines()).hasSize(512).allMatch(line -> line.equals("x".repeat(127)));
        assertThat(fixture.endings).isEmpty();
        assertThat(heard.words()).endsWith("output", "ended");
    }

    @Test
    void whatWasPrintedBeforeAnExitArrives() {
        Pool pool = pool(1);
        Heard heard = runDetached(pool, "print", "[\"bye\", 0, 7]");
        assertThat(failure(heard.outcome(), Failure.WorkerLost.class).exitCode())
                .isEqualTo(7);
        assertThat(heard.printed()).endsWith("bye from a virtual thread\nbye at last\n");
    }

    @Test
    void whatIsPrintedArrivesWhileTheCallRuns() {
        Pool pool = pool(1);
        Heard heard = new Heard();
        PendingCall call = submitDetached(pool, "print", "[\"soon\", 3600]", heard);
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(heard.printed()).endsWith("soon from a virtual thread\n"));
        call.cancel();
        failure(heard.outcome(), Failure.Cancelled.class);
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
    }

    @Test
    void itemsOfADetachedLanePrintToItsResults() {
        Pool pool = pool(2);
        Results results = detachedLane();
        Lane lane = results.open(pool, "print", 3);
        lane.add(Results.items(List.of("\"a\"", "\"b\"", "\"c\"", "\"d\"")));
        lane.finish();
        results.await(4);
        assertThat(results.printed().lines().sorted().toList())
                .hasSize(20)
                .startsWith("a at last", "a from a thread")
                .endsWith("d to standard error", "d to standard output");
        Results waitedFor = new Results();
        waitedFor.run(pool, "print", 1, List.of("\"nobody listens\""));
        assertThat(waitedFor.printed()).isEmpty();
    }
}
