package dev.motorpool.pool;

import static dev.motorpool.pool.PoolFixture.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Properties of the items of maps and streams in pools of every kind, with real worker processes. */
@ExtendWith(LeavesNothingBehind.class)
@ParameterizedClass
@EnumSource
@Tag("slow")
class LaneTest {

    private static final int ITEMS_BETWEEN_KILLS = 150;

    private final PoolKind kind;
    private final PoolFixture fixture = new PoolFixture();

    LaneTest(PoolKind kind) {
        this.kind = kind;
    }

    @AfterEach
    void closePools() {
        fixture.close();
    }

    private Pool pool(int size) {
        return fixture.pool(settings(kind, size));
    }

    @Test
    void everyItemHasItsValue() {
        Pool pool = pool(2);
        for (int chunksize : new int[] {1, 7, 100_000}) {
            Results results = new Results();
            Lane lane = results.open(pool, "echo", chunksize);
            int count = 30_000;
            for (int block = 0; block < 3; block++) {
                lane.add(Results.items(IntStream.range(block * 10_000, (block + 1) * 10_000)
                        .boxed()
                        .toList()));
            }
            lane.finish();
            results.await(count);
            assertThat(results.values())
                    .isEqualTo(
                            LongStream.range(0, count).mapToObj(Long::toString).toList());
        }
        Eventually.within(PoolFixture.PATIENCE, () -> {
            PoolView view = pool.view();
            assertThat(view.queued()).isZero();
            assertThat(view.running()).isZero();
            assertThat(view.counters().submitted()).isEqualTo(90_000);
            assertThat(view.counters().succeeded()).isEqualTo(90_000);
        });
    }

    @Test
    void failuresStayWithTheirItems() {
        Pool pool = pool(2);
        Results results = new Results();
        Lane lane = results.open(pool, "fib", 5);
        lane.add(Results.items(List.of(1, -1, 2, 93, 3, "\"x\"", 4)));
        lane.finish();
        results.await(7);
        assertThat(results.words()).containsExactly("1", "Raised", "1", "Raised", "2", "Raised", "3");
    }

    @Test
    void aValueThatCannotBeSentIsAFailureOfItsItem() {
        Pool pool = pool(1);
        Results results = new Results();
        results.run(pool, "too_large", 4, List.of(10, 20_000_000, 10));
        assertThat(results.words().get(1)).isEqualTo("ValueTooLarge");
        assertThat(results.words()).hasSize(3);
    }

    @Test
    void anItemThatKillsItsWorkerFailsAlone() {
        Pool pool = pool(2);
        Results results = new Results();
        String well = "\"well\"";
        results.run(pool, "behave", 8, List.of(well, well, "\"exit\"", well, well, "\"crash\"", "\"raise\"", well));
        if (kind == PoolKind.PROCESS) {
            assertThat(results.words())
                    .containsExactly(well, well, "WorkerLost", well, well, "WorkerLost", "Raised", well);
        } else {
            // What runs beside it in the same process is lost as well.
            assertThat(results.words()).hasSize(8).contains("WorkerLost");
        }
    }

    @Test
    void aTimeLimitHoldsForEachItemByItself() {
        Pool pool = pool(1);
        Results results = new Results();
        results.timeout = Duration.ofMillis(300);
        results.run(pool, "sleep", 10, List.of(0.1, 0.1, 0.1, 0.1, 60, 0.1, 60, 0.1));
        assertThat(results.words()).containsExactly("0.1", "0.1", "0.1", "0.1", "TimedOut", "0.1", "TimedOut", "0.1");
    }

    /** A limit that is over at once must not keep the pool looking at it while the item hangs. */
    @Test
    void aLimitOfNothingCostsNoMoreThanOthers() {
        Pool pool = pool(2);
        Results results = new Results();
        results.timeout = Duration.ofNanos(1);
        String hang = "\"hang\"";
        results.run(pool, "behave", 4, List.of(hang, hang, hang, hang));
        assertThat(results.words()).containsOnly("TimedOut");
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().stuck()).isZero());
    }

    @Test
    void aHangingItemIsReplacedAndTheOthersRun() {
        Pool pool = pool(2);
        Results results = new Results();
        results.timeout = Duration.ofMillis(200);
        String well = "\"well\"";
        results.run(pool, "behave", 3, List.of(well, "\"hang\"", well, well, "\"hang\"", well));
        assertThat(results.words()).containsExactly(well, "TimedOut", well, well, "TimedOut", well);
        Eventually.within(PoolFixture.PATIENCE, () -> {
            assertThat(pool.view().stuck()).isZero();
            assertThat(pool.view().running()).isZero();
        });
    }

    @Test
    void itemsBehindALongOneRunElsewhereWhenASlotIsFree() {
        Pool pool = pool(3);
        Results warm = new Results();
        warm.run(pool, "sleep", 1, List.of(0, 0, 0, 0, 0, 0, 0, 0, 0));
        Results results = new Results();
        long before = System.nanoTime();
        results.run(pool, "sleep", 3, List.of(0.5, 0.5, 0.5));
        assertThat(System.nanoTime() - before).isLessThan(1_000_000_000L);
    }

    @Test
    void aCancelledLaneFreesItsSlots() {
        Pool pool = pool(2);
        Results results = new Results();
        Lane lane = results.open(pool, "sleep", 5);
        lane.add(Results.items(List.of(60, 60, 60, 60, 60, 60, 60, 60, 60, 60)));
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().running()).isPositive());
        lane.cancel();
        Results after = new Results();
        after.run(pool, "echo", 1, List.of(1, 2, 3, 4));
        assertThat(after.values()).containsExactly("1", "2", "3", "4");
        assertThat(results.count()).isZero();
        Eventually.within(PoolFixture.PATIENCE, () -> {
            assertThat(pool.view().queued()).isZero();
            assertThat(pool.view().running()).isZero();
            assertThat(pool.view().counters().cancelled()).isEqualTo(10);
        });
    }

    @Test
    void aLaneStartsNothingAboveItsLimit() {
        Pool pool = pool(2);
        Results results = new Results();
        Lane lane = results.open(pool, "echo", 1);
        lane.limit(0);
        lane.add(Results.items(List.of(1, 2, 3)));
        new Results().run(pool, "echo", 1, List.of(1, 2, 3));
        assertThat(results.count()).isZero();
        lane.limit(2);
        results.await(2);
        lane.limit(0);
        new Results().run(pool, "echo", 1, List.of(1, 2, 3));
        assertThat(results.values()).containsExactly("1", "2");
        lane.limit(Long.MAX_VALUE);
        results.await(3);
        lane.finish();
    }

    @Test
    void aTerminatedPoolEndsItsLanes() {
        Pool pool = pool(2);
        Results results = new Results();
        Lane lane = results.open(pool, "sleep", 1);
        lane.add(Results.items(IntStream.range(0, 10_000).mapToObj(i -> 60).toList()));
        pool.terminate();
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(results.ended()).isInstanceOf(Failure.Cancelled.class));
        assertThat(pool.view().counters().cancelled()).isEqualTo(10_000);
        assertThat(pool.view().queued()).isZero();
    }

    @Test
    void aClosedPoolFinishesItsLanes() throws Exception {
        Pool pool = pool(2);
        Results results = new Results();
        Lane lane = results.open(pool, "echo", 1);
        lane.add(Results.items(List.of(1, 2)));
        pool.close();
        lane.add(Results.items(List.of(3)));
        results.await(3);
        assertThat(pool.join(Duration.ZERO)).isFalse();
        lane.finish();
        assertThat(pool.join(PoolFixture.PATIENCE)).isTrue();
    }

    @Test
    void itemsExpireOneByOne() {
        Pool pool = pool(1);
        new Results().run(pool, "sleep", 1, List.of(0));
        Results results = new Results();
        results.expires = Duration.ofSeconds(1);
        results.run(pool, "sleep", 10, List.of(0.6, 0.6, 0.1, 0.1));
        assertThat(results.words()).containsExactly("0.6", "0.6", "Expired", "Expired");
    }

    @Test
    void itemsThatExpireTogetherDoSoOnlyBeforeTheFirstStarts() {
        Pool pool = pool(1);
        Results inTime = new Results();
        inTime.expires = Duration.ofMillis(700);
        inTime.expiresTogether = true;
        inTime.run(pool, "sleep", 1, List.of(0.5, 0.5, 0.1));
        assertThat(inTime.words()).containsExactly("0.5", "0.5", "0.1");

        Lane blocker = new Results().open(pool, "sleep", 1);
        blocker.add(Results.items(List.of(60)));
        Eventually.within(
                PoolFixture.PATIENCE, () -> assertThat(pool.view().running()).isEqualTo(1));
        Results late = new Results();
        late.expires = Duration.ofMillis(50);
        late.expiresTogether = true;
        late.open(pool, "echo", 1).add(Results.items(List.of(1, 2)));
        Eventually.within(PoolFixture.PATIENCE, () -> assertThat(late.ended()).isInstanceOf(Failure.Expired.class));
        blocker.cancel();
    }

    /**
     * Ten items need four workers that run three each. Where slots share a process a worker that is slow with its first
     * item may give the others back to its successor, so there may be more.
     */
    @Test
    void aWorkerLeavesAfterSoManyItems() {
        Pool pool = fixture.pool(new PoolSettings(kind, 1, 10_000, null, null, 3, 1, null, null, "java"));
        Results results = new Results();
        results.run(pool, "echo", 10, List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        assertThat(results.values()).hasSize(10);
        Eventually.within(PoolFixture.PATIENCE, () -> {
            long retired = fixture.endings.getOrDefault("retired", 0L);
            if (kind == PoolKind.PROCESS) {
                assertThat(retired).isEqualTo(3);
            } else {
                assertThat(retired).isBetween(3L, 10L);
            }
        });
    }

    @Test
    void shortCallsDoNotWaitForALongLane() throws Exception {
        Pool pool = pool(2);
        Results results = new Results();
        Lane lane = results.open(pool, "echo", 1_000_000);
        lane.add(Results.items(IntStream.range(0, 500_000).boxed().toList()));
        lane.finish();
        for (int i = 0; i < 100; i++) {
            long before = System.nanoTime();
            PoolFixture.value(PoolFixture.run(pool, "echo", "[1]"));
            assertThat(System.nanoTime() - before).isLessThan(1_000_000_000L);
        }
        results.await(500_000);
    }

    /**
     * Random kills under many lanes: each item has one result, and what is no victim has its value. After each kill some
     * items have to end before the next: what was in doubt runs one by one, and each new worker takes a while to start.
     */
    @Test
    void workersKilledAtRandomCostOnlyWhatRan() {
        Pool pool = pool(3);
        Random random = new Random(1);
        List<Results> all = IntStream.range(0, 10).mapToObj(i -> new Results()).toList();
        for (Results results : all) {
            Lane lane = results.open(pool, "sleep", 1 + random.nextInt(20));
            lane.add(Results.items(IntStream.range(0, 300)
                    .mapToObj(i -> random.nextInt(20) == 0 ? 0.005 : 0)
                    .toList()));
            lane.finish();
        }
        while (all.stream().anyMatch(results -> results.count() < 300)) {
            pool.workers().stream()
                    .filter(worker -> worker.state().equals("busy"))
                    .map(WorkerView::pid)
                    .filter(Objects::nonNull)
                    .findAny()
                    .flatMap(ProcessHandle::of)
                    .ifPresent(ProcessHandle::destroyForcibly);
            long calls = all.stream().mapToLong(Results::count).sum();
            Eventually.within(PoolFixture.PATIENCE, () -> assertThat(
                            all.stream().mapToLong(Results::count).sum())
                    .isGreaterThanOrEqualTo(Math.min(calls + ITEMS_BETWEEN_KILLS, 3_000)));
        }
        for (Results results : all) {
            results.await(300);
            assertThat(results.words()).allMatch(word -> word.startsWith("0") || word.equals("WorkerLost"));
        }
        assertThat(pool.view().counters().submitted()).isEqualTo(3_000);
    }
}
