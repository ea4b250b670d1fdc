package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.process.ExitStatus;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.trace.Spans;
import dev.motorpool.wire.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a pool of one slot does with the reports of its workers, step by step in virtual time. */
class ScriptedWorkerTest {

    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final Duration START = Duration.ofMinutes(1);
    private static final Tenant LIMITED = new Tenant("limited");

    private final VirtualTime time = new VirtualTime();
    private final List<ScriptedLink> links = new ArrayList<>();
    /** Whether workers that are started work. */
    private boolean working = true;
    /** Outcomes of calls and items, as counted. */
    private final List<String> ends = new ArrayList<>();

    private Pool pool(PoolKind kind) {
        Pool pool = new Pool(
                "scripted",
                new PoolSettings(kind, 1, 1_000, null, null, null, 1, null, null, null, "java"),
                new EngineLimits(1 << 20, 1 << 20, START, LIMIT, LIMIT, Duration.ofHours(1), Map.of(LIMITED.name(), 1)),
                name -> shape -> {
                    throw new UnsupportedOperationException();
                },
                new PoolEvents() {
                    @Override
                    public void callEnded(String name, String function, String outcome, long queue, long run) {
                        ends.add(outcome);
                    }
                },
                time,
                new Spawner(),
                (id, command, listener) -> {
                    ScriptedLink link = new ScriptedLink(List.of(Message.Hello.ACCEPTED, Message.Hello.PING));
                    link.listener = listener;
                    link.works = working;
                    links.add(link);
                    return link;
                },
                Spans.NONE);
        pool.open();
        return pool;
    }

    private static PendingCall submit(Pool pool, int priority, @Nullable Duration timeout, @Nullable Duration expires)
            throws RefusedException {
        return pool.submit(new CallRequest(
                new UUID(0, 1),
                1,
                "f",
                RawJson.EMPTY_ARRAY,
                RawJson.EMPTY_OBJECT,
                timeout,
                expires,
                priority,
                1,
                null,
                null,
                LIMITED));
    }

    private void pass(Duration duration) {
        time.runUntil(time.nanoTime() + duration.toNanos());
    }

    private List<Long> callsSent(int worker) {
        return links.get(worker).sent(Message.Call.class).map(Message.Call::id).toList();
    }

    private static Message.Result result(long id) {
        return new Message.Result(id, 1_000, RawJson.of("1"));
    }

    private static @Nullable Outcome outcome(PendingCall call) {
        CompletableFuture<Outcome> outcome = call.outcome().toCompletableFuture();
        return outcome.getNow(null);
    }

    private static Failure failure(PendingCall call) {
        return ((Outcome.Failed) Objects.requireNonNull(outcome(call))).failure();
    }

    @Test
    void aCallThatComesBackFromADeadWorkerStillExpires() throws RefusedException {
        Pool pool = pool(PoolKind.PROCESS);
        links.getFirst().works = false; // it accepts nothing any more
        PendingCall call = submit(pool, 0, null, LIMIT);
        assertThat(callsSent(0)).hasSize(1);
        working = false;
        links.getFirst().report().ended(new ExitStatus(null, 9), null, "");
        pass(LIMIT.minusMillis(100));
        assertThat(outcome(call)).isNull();
        pass(Duration.ofMillis(200));
        assertThat(failure(call)).isInstanceOf(Failure.Expired.class);
    }

    @Test
    void aStuckCallDoesNotKeepItsTenantFromRunningAnother() throws RefusedException {
        Pool pool = pool(PoolKind.THREAD);
        PendingCall stuck = submit(pool, 0, null, null);
        PendingCall next = submit(pool, 0, null, null);
        stuck.cancel();
        assertThat(links.getFirst().sent(Message.Cancel.class)).hasSize(1);
        pass(LIMIT.multipliedBy(2));
        assertThat(links).as("the stuck thread's worker is replaced").hasSize(2);
        assertThat(callsSent(1)).hasSize(1);
        links.getLast().report().received(List.of(result(callsSent(1).getFirst())));
        assertThat(outcome(next)).isInstanceOf(Outcome.Succeeded.class);
    }

    @Test
    void anItemThatTimedOutIsCountedOnceThoughItsLaneIsCancelled() throws RefusedException {
        Pool pool = pool(PoolKind.THREAD);
        LaneRequest request = new LaneRequest(new UUID(0, 1), 1, "f", false, 1, LIMIT, null, false, 0, false);
        Lane lane = pool.lane(request, new LaneResults() {
            @Override
            public void started(Instant at) {}

            @Override
            public void succeeded(long index, JsonSlices values) {}

            @Override
            public void failed(long index, Failure failure) {}

            @Override
            public void ended(Failure failure) {}
        });
        lane.add(JsonSlices.elements(RawJson.of("[[]]")));
        pass(LIMIT.plusMillis(100));
        links.getFirst().report().received(List.of(new Message.Pong()));
        assertThat(ends).containsExactly("timed_out");
        lane.cancel();
        assertThat(ends).containsExactly("timed_out");
    }

    /** A pool whose calls are short by experience, with a running call and one that was sent ahead. */
    private Pool ahead() throws RefusedException {
        Pool pool = pool(PoolKind.PROCESS);
        PendingCall first = pool.submit(call(0));
        links.getFirst().report().received(List.of(result(1)));
        assertThat(outcome(first)).isNotNull();
        assertThat(pool.submit(call(0))).isNotNull();
        assertThat(pool.submit(call(0))).isNotNull();
        assertThat(callsSent(0)).containsExactly(1L, 2L, 3L);
        return pool;
    }

    private static CallRequest call(int priority) {
        return new CallRequest(
                new UUID(0, 1), 1, "f", RawJson.EMPTY_ARRAY, RawJson.EMPTY_OBJECT, null, null, priority, 1, null);
    }

    @Test
    void anUrgentCallIsNotSentAheadBehindLessUrgentOnes() throws RefusedException {
        Pool pool = ahead();
        assertThat(pool.submit(call(5))).isNotNull();
        assertThat(callsSent(0)).containsExactly(1L, 2L, 3L);
        assertThat(links.getFirst().orders.getLast()).isEqualTo(new Message.Drop(List.of(3L)));
        links.getFirst().report().received(List.of(new Message.Dropped(List.of(3L), List.of(0)), result(2)));
        assertThat(callsSent(0)).startsWith(1L, 2L, 3L, 4L);
    }

    @Test
    void aWorkerThatDoesNotAnswerARecallIsKilled() throws RefusedException {
        Pool pool = ahead();
        pool.pause();
        assertThat(links.getFirst().orders.getLast()).isEqualTo(new Message.Drop(List.of(3L)));
        pass(Duration.ofSeconds(9));
        assertThat(links.getFirst().killed).isFalse();
        pass(Duration.ofSeconds(2));
        assertThat(links.getFirst().killed).isTrue();
    }

    @Test
    void aWorkerThatAnswersItsRecallsOneByOneHasTimeForEach() throws RefusedException {
        Pool pool = ahead();
        pool.pause();
        pool.resume();
        pool.pause();
        pass(Duration.ofSeconds(6));
        Objects.requireNonNull(links.getFirst().listener)
                .received(List.of(new Message.Dropped(List.of(3L), List.of(0))));
        pass(Duration.ofSeconds(6));
        assertThat(links.getFirst().killed).isFalse();
    }
}
