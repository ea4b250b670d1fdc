package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.JobState;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The stored part of a map while it runs, and after it was stopped. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class MapLifeTest {

    @TempDir
    Path directory;

    @Test
    void whatFailsWhereTheMapGoesOnIsInTheStoreBeforeItsEndAndStays() throws Exception {
        UUID id;
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.takeUp(fixture.pools);
            id = fixture.wish(pool, "behave", "[\"hang\",\"raise\",\"well\",\"raise\"]")
                    .map(4, 1, true)
                    .submit();
            assertThat(untilThere(fixture, id, 3))
                    .extracting(MapResults::firstSeq, MapResults::firstIndex, MapResults::failed)
                    .containsExactly(tuple(0L, 1, true), tuple(1L, 2, false), tuple(2L, 3, true));
        }
        // The service stopped while the map ran: items with a result, failed or not, do not run again.
        try (DetachedFixture fixture = fixture()) {
            fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.takeUp(fixture.pools);
            Eventually.until(DetachedFixture.PATIENCE, () -> {
                assertThat(String.valueOf(fixture.find(id).job().progress())).contains("\"done\":3,\"total\":4");
                return true;
            });
            StoredJob cancelled = cancelled(fixture, id);
            assertThat(String.valueOf(cancelled.progress())).contains("\"done\":3,\"total\":4");
            assertThat(items(fixture, id)).isEqualTo(3);
        }
    }

    @Test
    void aCancelKeepsWhatFailedThoughTheMapMightHaveBeenTriedAgain() throws Exception {
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.takeUp(fixture.pools);
            UUID id = fixture.wish(pool, "behave", "[\"hang\",\"raise\",\"well\"]")
                    .map(3, 1, true)
                    .retries(1, Duration.ofMillis(1))
                    .submit();
            assertThat(untilThere(fixture, id, 1))
                    .singleElement()
                    .matches(row -> row.firstIndex() == 2 && !row.failed());
            assertThat(String.valueOf(cancelled(fixture, id).progress())).contains("\"done\":2,\"total\":3");
            assertThat(rows(fixture, id))
                    .extracting(MapResults::firstSeq, MapResults::firstIndex, MapResults::failed)
                    .containsExactly(tuple(0L, 2, false), tuple(1L, 1, true));
        }
    }

    @Test
    void aMapIsTriedAgainForWhatFailedAndKeepsWhatSucceeded() throws Exception {
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.open(fixture.pools);
            UUID id = fixture.wish(pool, "behave", "[\"raise\",\"well\",\"raise\"]")
                    .map(3, 1, true)
                    .retries(1, Duration.ofMillis(1))
                    .submit();
            assertThat(fixture.ended(id).job().state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(fixture.find(id).attempts()).hasSize(2);
            List<MapResults> rows = rows(fixture, id);
            assertThat(rows.getFirst()).matches(row -> row.firstIndex() == 1 && !row.failed());
            assertThat(rows.subList(1, rows.size()))
                    .allMatch(MapResults::failed)
                    .extracting(MapResults::firstIndex)
                    .containsExactlyInAnyOrder(0, 2);
        }
    }

    @Test
    void whatProgressCountsWhenAMapIsCancelledIsThere() throws Exception {
        Random random = new Random(7);
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 4);
            fixture.engine.takeUp(fixture.pools);
            String items =
                    IntStream.range(0, 20_000).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
            int cancelled = 0;
            for (int round = 0; round < 120; round++) {
                UUID id = fixture.wish(pool, "echo", items)
                        .map(20_000, 1 + random.nextInt(3), false)
                        .submit();
                int some = 1 + random.nextInt(200);
                Eventually.until(DetachedFixture.PATIENCE, () -> {
                    assertThat(items(fixture, id)).isGreaterThanOrEqualTo(some);
                    return true;
                });
                StoredJob job = cancelled(fixture, id);
                if (job.state() == JobState.CANCELLED) {
                    cancelled++;
                    assertThat(String.valueOf(job.progress()))
                            .as("round %d", round)
                            .contains("\"done\":" + items(fixture, id) + ",");
                }
            }
            assertThat(cancelled).isPositive();
        }
    }

    @Test
    void asManyMapsRunAsThePoolHasSlots() throws Exception {
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 200);
            fixture.engine.takeUp(fixture.pools);
            for (int i = 0; i < 200; i++) {
                fixture.wish(pool, "sleep", "[600]").map(1, 1, false).submit();
            }
            Eventually.until(DetachedFixture.PATIENCE, () -> {
                assertThat(pool.view().running()).isEqualTo(200);
                return true;
            });
            fixture.jobs.cancelAll(new JobFilter(Set.of(), null, "io", Map.of()));
        }
    }

    @Test
    void aMapWhoseItemsAllRunLeavesRoomForOthers() throws Exception {
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 100);
            fixture.engine.takeUp(fixture.pools);
            String large = "0." + "0".repeat(4_000);
            String items =
                    IntStream.range(0, 3_000).mapToObj(i -> large).collect(Collectors.joining(",", "[600,", "]"));
            for (int i = 0; i < 5; i++) {
                fixture.wish(pool, "sleep", items).map(3_001, 1, false).submit();
            }
            UUID last = fixture.wish(pool, "echo", "[1]").submit();
            assertThat(fixture.ended(last).job().state()).isEqualTo(JobState.SUCCEEDED);
            Eventually.until(DetachedFixture.PATIENCE, () -> {
                assertThat(pool.view().running()).isEqualTo(5);
                return true;
            });
            fixture.jobs.cancelAll(new JobFilter(Set.of(), null, "io", Map.of()));
        }
    }

    private static StoredJob cancelled(DetachedFixture fixture, UUID id)
            throws CallRefusedException, InterruptedException {
        return Objects.requireNonNull(fixture.jobs.cancel(id)).job();
    }

    private static List<MapResults> untilThere(DetachedFixture fixture, UUID id, int count) {
        return Eventually.until(DetachedFixture.PATIENCE, () -> {
            assertThat(items(fixture, id)).isEqualTo(count);
            return rows(fixture, id);
        });
    }

    private static long items(DetachedFixture fixture, UUID id) throws StoreException {
        return rows(fixture, id).stream().mapToLong(MapResults::count).sum();
    }

    private static List<MapResults> rows(DetachedFixture fixture, UUID id) throws StoreException {
        return fixture.store.read(tables -> tables.resultsBySeq(id, 0, 100_000, 1L << 30));
    }

    private DetachedFixture fixture() {
        return new DetachedFixture(directory.resolve("jobs.db"), Clock.systemUTC(), DetachedSettings.DEFAULT);
    }
}
