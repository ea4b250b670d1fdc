package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.trace.Spans;
import dev.motorpool.wire.Message;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A call that has exceeded its time limit by the service's clock, in virtual time, before its worker's report is read. */
class TimeLimitTest {

    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final long IN_TIME = Duration.ofMillis(900).toNanos();
    private static final long LATE = Duration.ofMillis(1100).toNanos();

    private final VirtualTime time = new VirtualTime();
    private final ScriptedLink link = new ScriptedLink(List.of(Message.Hello.ACCEPTED, Message.Hello.PING));

    private Pool pool(PoolKind kind) {
        Pool pool = new Pool(
                "limited",
                new PoolSettings(kind, 1, 1_000, null, null, null, 1, null, null, null, "java"),
                new EngineLimits(1 << 20, 1 << 20, LIMIT, LIMIT, LIMIT, Duration.ofSeconds(30)),
                name -> shape -> {
                    throw new UnsupportedOperationException();
                },
                new PoolEvents() {},
                time,
                new Spawner(),
                (id, command, listener) -> {
                    link.listener = listener;
                    return link;
                },
                Spans.NONE);
        pool.open();
        return pool;
    }

    private PendingCall runPastItsLimit(PoolKind kind) throws RefusedException {
        PendingCall call = pool(kind)
                .submit(new CallRequest(
                        new UUID(0, 1), 1, "f", RawJson.of("[]"), RawJson.EMPTY_OBJECT, LIMIT, null, 0, 1, null));
        assertThat(link.sent(Message.Call.class)).hasSize(1);
        time.runUntil(time.nanoTime() + LIMIT.plusMillis(100).toNanos());
        assertThat(call.outcome().toCompletableFuture()).isNotDone();
        assertThat(link.sent(Message.Ping.class)).hasSize(1);
        return call;
    }

    private Message.Result result(long nanos) {
        return new Message.Result(
                link.sent(Message.Call.class).findFirst().orElseThrow().id(), nanos, RawJson.of("1"));
    }

    private static Outcome outcome(PendingCall call) {
        return Objects.requireNonNull(call.outcome().toCompletableFuture().getNow(null));
    }

    private static void assertTimedOut(PendingCall call) {
        assertThat(outcome(call)).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.failure())
                .isInstanceOf(Failure.TimedOut.class));
    }

    @ParameterizedTest
    @EnumSource
    void itsReportCountsIfItRanWithinTheLimit(PoolKind kind) throws RefusedException {
        PendingCall call = runPastItsLimit(kind);
        link.report().received(List.of(result(IN_TIME), new Message.Pong()));
        assertThat(outcome(call)).isInstanceOf(Outcome.Succeeded.class);
        assertThat(link.killed).isFalse();
        assertThat(link.sent(Message.Cancel.class)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void itHasTimedOutIfItRanLonger(PoolKind kind) throws RefusedException {
        PendingCall call = runPastItsLimit(kind);
        link.report().received(List.of(result(LATE)));
        assertTimedOut(call);
    }

    @ParameterizedTest
    @EnumSource
    void itHasTimedOutIfItsWorkerHasReportedNothing(PoolKind kind) throws RefusedException {
        PendingCall call = runPastItsLimit(kind);
        link.report().received(List.of(new Message.Pong()));
        assertTimedOut(call);
        assertThat(link.killed || link.sent(Message.Cancel.class).findAny().isPresent())
                .isTrue();
    }

    /** A frozen worker answers nothing. */
    @Test
    void itsWorkerIsNotWaitedForMuchLonger() throws RefusedException {
        PendingCall call = runPastItsLimit(PoolKind.PROCESS);
        time.runUntil(time.nanoTime() + ReportBarrier.MOST_NANOS);
        assertTimedOut(call);
    }
}
