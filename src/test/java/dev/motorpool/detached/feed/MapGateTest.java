package dev.motorpool.detached.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.attempt.MapAttempt;
import dev.motorpool.detached.attempt.MapOwner;
import dev.motorpool.detached.model.MapDone;
import dev.motorpool.detached.model.MapEnd;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Failure;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MapGateTest {

    private static final long LEVEL_BYTES = 256 << 10;
    private static final long MOST_BYTES = 4 * LEVEL_BYTES;
    private static final long QUARTER = LEVEL_BYTES / 4 - MapGate.OVERHEAD;

    /** Items of all maps are parts of it. */
    private static final byte[] BYTES = new byte[(int) (2 * MOST_BYTES)];

    private final MapGate gate = new MapGate(LEVEL_BYTES);
    private final Nobody nobody = new Nobody();
    private long made;

    @Test
    void manySmallMapsAreOpenAtOnce() {
        for (int i = 0; i < LEVEL_BYTES / (MapGate.OVERHEAD + 100); i++) {
            assertThat(gate.enter(map(0, 100))).isTrue();
        }
        assertThat(gate.enter(map(0, 100))).isFalse();
    }

    @Test
    void aMapThatIsLargerThanAllBudgetsIsOpenAlone() {
        MapAttempt large = map(0, 2 * MOST_BYTES);
        MapAttempt small = map(0, 2);
        assertThat(gate.enter(large)).isTrue();
        assertThat(gate.enter(small)).isFalse();
        assertThat(gate.leave(large)).containsExactly(small);
    }

    @Test
    void anUrgentMapDoesNotWaitForOthers() {
        for (int i = 0; i < 4; i++) {
            assertThat(gate.enter(map(0, QUARTER))).isTrue();
        }
        assertThat(gate.enter(map(0, QUARTER))).isFalse();
        assertThat(gate.enter(map(1, 2 * QUARTER))).isTrue();
        assertThat(gate.enter(map(1, 3 * QUARTER))).isFalse();
        assertThat(gate.enter(map(2, QUARTER))).isTrue();
    }

    /** All maps together have four times the budget of one priority (ADR 9), however urgent each is. */
    @Test
    void everMoreUrgentMapsShareOneBudget() {
        List<MapAttempt> open = new ArrayList<>();
        for (int priority = 0; priority < 4; priority++) {
            open.add(map(priority, 4 * QUARTER));
            assertThat(gate.enter(open.getLast())).isTrue();
        }
        MapAttempt fifth = map(4, QUARTER);
        assertThat(gate.enter(fifth)).isFalse();
        assertThat(gate.leave(open.getFirst())).containsExactly(fifth);
    }

    @Test
    void whatWaitsIsOpenedInItsOrder() {
        MapAttempt open = map(0, 3 * QUARTER);
        MapAttempt older = map(0, 2 * QUARTER);
        MapAttempt younger = map(0, QUARTER);
        MapAttempt low = map(-1, 2);
        assertThat(gate.enter(open)).isTrue();
        assertThat(gate.enter(older)).isFalse();
        assertThat(gate.enter(low)).isFalse();
        assertThat(gate.enter(younger)).isFalse();
        assertThat(gate.leave(open)).containsExactly(older, younger, low);
    }

    @Test
    void whatWaitedAndWentIsNotOpened() {
        MapAttempt open = map(0, 4 * QUARTER);
        MapAttempt gone = map(0, QUARTER);
        MapAttempt next = map(0, QUARTER);
        assertThat(gate.enter(open)).isTrue();
        assertThat(gate.enter(gone)).isFalse();
        assertThat(gate.enter(next)).isFalse();
        assertThat(gate.leave(gone)).isEmpty();
        assertThat(gate.leave(open)).containsExactly(next);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noneWaitsForOnesAfterItAndAllAreOpenedOnce(long seed) {
        Random random = new Random(seed);
        List<MapAttempt> open = new ArrayList<>();
        List<MapAttempt> waiting = new ArrayList<>();
        for (int step = 0; step < 2_000; step++) {
            if (random.nextInt(3) > 0) {
                MapAttempt map = map(random.nextInt(5), 2 + random.nextLong(LEVEL_BYTES));
                if (gate.enter(map)) {
                    open.add(map);
                } else {
                    waiting.add(map);
                }
            } else if (!open.isEmpty()) {
                List<MapAttempt> opened = gate.leave(open.remove(random.nextInt(open.size())));
                assertThat(waiting).containsAll(opened);
                waiting.removeAll(opened);
                open.addAll(opened);
            }
            long bytes =
                    open.stream().mapToLong(map -> map.bytes + MapGate.OVERHEAD).sum();
            assertThat(open.size() == 1 || bytes <= MOST_BYTES).isTrue();
            assertThat(waiting.isEmpty() || !open.isEmpty()).isTrue();
        }
        while (!open.isEmpty()) {
            List<MapAttempt> opened = gate.leave(open.removeLast());
            waiting.removeAll(opened);
            open.addAll(opened);
        }
        assertThat(waiting).isEmpty();
    }

    private MapAttempt map(int priority, long bytes) {
        JobSpec.MapShape shape = new JobSpec.MapShape(1, 1, false);
        JobSpec spec = new JobSpec("map_async", "echo", "io", null, null, priority, Map.of(), shape);
        StoredJob job =
                StoredJob.submitted(new UUID(++made << 16 | 0x7000, 0), "default", spec, Instant.EPOCH, null, null);
        WaitingJob empty = new WaitingJob(job, new RawJson(BYTES, 0, 0), RawJson.EMPTY_OBJECT);
        int length = (int) Math.max(0, bytes - empty.bytes());
        return new MapAttempt(
                new WaitingJob(job, new RawJson(BYTES, 0, length), RawJson.EMPTY_OBJECT),
                shape,
                Clock.systemUTC(),
                new RelativeTimes(Clock.systemUTC(), Clock.systemUTC()),
                nobody);
    }

    /** Ignores all callbacks: the maps never begin. */
    private static final class Nobody implements MapOwner {
        @Override
        public boolean mayOpen(MapAttempt run) {
            return false;
        }

        @Override
        public void left(MapAttempt run) {}

        @Override
        public MapDone done(MapAttempt run) {
            return MapDone.NOTHING;
        }

        @Override
        public void resume(MapAttempt run) {}

        @Override
        public void started(MapAttempt run) {}

        @Override
        public void results(MapAttempt run, List<MapResults> rows) {}

        @Override
        public void flushLater(MapAttempt run, long nanos) {}

        @Override
        public void progressed(AttemptRun run, RawJson progress) {}

        @Override
        public void printed(AttemptRun run, String text) {}

        @Override
        public RawJson error(AttemptRun run, Failure failure) {
            return RawJson.EMPTY_OBJECT;
        }

        @Override
        public void ended(MapAttempt run, MapEnd end) {}
    }
}
