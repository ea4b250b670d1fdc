package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.JobState;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.Tenant;
import dev.motorpool.pool.TenantLimits;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.Clients;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Many jobs of a tenant at its limit of running calls do not delay jobs of other tenants. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class TenantLinesTest {

    private static final Tenant LIMITED = new Tenant("a's");
    private static final Tenant OTHER = new Tenant("b");
    private static final long MEMORY = 16 << 20;
    private static final int MANY = 10_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int CLIENTS = 100;

    @TempDir
    Path directory;

    private DetachedFixture fixture() throws Exception {
        TenantLimits none = TenantLimits.NONE;
        TenantLimits one =
                new TenantLimits(none.requests(), none.streams(), none.waits(), none.jobs(), none.bytes(), 1);
        return new DetachedFixture(
                directory.resolve("jobs.db"),
                Clock.systemUTC(),
                DetachedFixture.settings(MEMORY, Map.of(LIMITED.name(), one)));
    }

    private static Pool open(DetachedFixture fixture) throws Exception {
        Pool pool = fixture.pool("io", PoolKind.THREAD, 4);
        fixture.engine.open(fixture.pools);
        return pool;
    }

    /** Submits very many jobs of the limited tenant; returns the first, which runs. */
    private static UUID submitMany(DetachedFixture fixture, Pool pool) throws Exception {
        DetachedFixture.Wish first = sleep(fixture, pool);
        UUID id = first.submit();
        runs(fixture, id);
        Clients.atOnce(CLIENTS, PATIENCE, client -> {
            for (int i = 0; i < MANY / CLIENTS; i++) {
                sleep(fixture, pool).priority(i % 3).submit();
            }
        });
        return id;
    }

    private static DetachedFixture.Wish sleep(DetachedFixture fixture, Pool pool) {
        return fixture.wish(pool, "sleep", "[3600]").tenant(LIMITED);
    }

    private static void endsAtOnce(DetachedFixture fixture, UUID id) throws Exception {
        assertThat(fixture.ended(id).job().state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void jobsOfOthersStartAtOnceWhateverTheirPriorityAndAfterARestart() throws Exception {
        UUID later;
        try (DetachedFixture fixture = fixture()) {
            Pool pool = open(fixture);
            UUID first = submitMany(fixture, pool);
            for (int priority : List.of(0, -100, 100)) {
                UUID id = fixture.wish(pool, "echo", "[1]")
                        .tenant(OTHER)
                        .priority(priority)
                        .submit();
                endsAtOnce(fixture, id);
            }
            later = sleep(fixture, pool).priority(3).submit();
            assertThat(Objects.requireNonNull(fixture.find(later).place()).position())
                    .as("of its tenant's jobs it is the next")
                    .isZero();
            fixture.jobs.cancel(first);
            runs(fixture, later);
            assertThat(pool.view().running()).isEqualTo(1);
        }
        try (DetachedFixture fixture = fixture()) {
            Pool pool = open(fixture);
            endsAtOnce(fixture, fixture.wish(pool, "echo", "[1]").tenant(OTHER).submit());
            runs(fixture, later);
        }
    }

    @Test
    void mapsOfOthersStartAtOnceThoughManyAreOpen() throws Exception {
        try (DetachedFixture fixture = fixture()) {
            Pool pool = open(fixture);
            int items = 50_000; // more than maps of one line may hold together
            String large = "[" + "3600,".repeat(items - 1) + "3600]";
            List<UUID> maps = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                maps.add(fixture.wish(pool, "sleep", large)
                        .map(items)
                        .tenant(LIMITED)
                        .submit());
            }
            runs(fixture, maps.getFirst());
            endsAtOnce(
                    fixture,
                    fixture.wish(pool, "echo", "[1,2,3]").map(3).tenant(OTHER).submit());
            assertThat(maps.stream().filter(id -> running(fixture, id))).hasSize(1);
        }
    }

    private static void runs(DetachedFixture fixture, UUID id) {
        Eventually.within(
                DetachedFixture.PATIENCE, () -> assertThat(running(fixture, id)).isTrue());
    }

    private static boolean running(DetachedFixture fixture, UUID id) {
        try {
            return fixture.state(id) == JobState.RUNNING;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
