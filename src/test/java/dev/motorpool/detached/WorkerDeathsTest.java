package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.job.JobState;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolState;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs that repeatedly crash their worker or their service. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class WorkerDeathsTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"crash, 9, '\"signal\":9'", "exit, 7, '\"exit_code\":7'"})
    void aJobThatKillsItsWorkersFailsWithTheEvidenceAndThePoolGoesOn(String function, String argument, String evidence)
            throws Exception {
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("cpu", PoolKind.PROCESS, 1);
            fixture.engine.open(fixture.pools);
            UUID id = fixture.wish(pool, function, "[" + argument + "]")
                    .retries(4, Duration.ofMillis(1))
                    .submit();
            UUID next = fixture.wish(pool, "echo", "[1]").submit();

            JobView end = fixture.ended(id);
            assertThat(end.job().state()).isEqualTo(JobState.FAILED);
            assertThat(String.valueOf(end.job().error())).contains("\"worker-lost\"", evidence);
            assertThat(fixture.find(id).attempts())
                    .hasSize(5)
                    .allMatch(attempt -> attempt.pid() > 0 && attempt.finishedAt() != null)
                    .allMatch(attempt -> String.valueOf(attempt.error()).contains(evidence));
            assertThat(fixture.ended(next).job().state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(pool.view().state()).isEqualTo(PoolState.RUNNING);
        }
    }

    @Test
    void aJobThatRanAtFiveEndsOfTheServiceInARowFails() throws Exception {
        UUID id;
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 1);
            fixture.engine.takeUp(fixture.pools);
            id = fixture.wish(pool, "sleep", "[600]")
                    .callbacks("http://well.example/", "http://badly.example/")
                    .submit();
            untilRecorded(fixture, id, 1);
        }
        for (int interruptions = 1; interruptions <= 4; interruptions++) {
            try (DetachedFixture fixture = fixture()) {
                fixture.pool("io", PoolKind.COROUTINE, 1);
                fixture.engine.takeUp(fixture.pools);
                assertThat(fixture.engine.outstanding()).isEqualTo(1);
                untilRecorded(fixture, id, interruptions + 1);
                assertThat(fixture.find(id).job().interruptions()).isEqualTo(interruptions);
                assertThat(fixture.engine.deliveries().of(id)).isEmpty();
            }
        }
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 1);
            List<OutgoingDelivery> made = new CopyOnWriteArrayList<>();
            fixture.engine.deliveries().sendBy(new Deliveries.Outbox() {
                @Override
                public void made(OutgoingDelivery outgoing) {
                    made.add(outgoing);
                }

                @Override
                public void renewed(OutgoingDelivery outgoing) {}

                @Override
                public void clockSet() {}

                @Override
                public @Nullable Instant heldUntil(String receiver) {
                    return null;
                }
            });
            fixture.engine.takeUp(fixture.pools);
            assertThat(fixture.engine.deliveries().of(id)).singleElement().satisfies(delivery -> {
                assertThat(delivery.key()).isEqualTo(new DeliveryKey(id, 1));
                assertThat(delivery.type()).isEqualTo("job.failed");
                assertThat(delivery.url()).isEqualTo("http://badly.example/");
            });
            assertThat(made).singleElement().satisfies(outgoing -> assertThat(
                            outgoing.body().toString())
                    .contains("\"id\":\"" + id + "\"", "\"state\":\"failed\"", "\"attempt\":5", "the service ended"));
            JobView end = fixture.find(id);
            assertThat(end.job().state()).isEqualTo(JobState.FAILED);
            assertThat(String.valueOf(end.job().error())).contains("\"worker-lost\"", "the service ended");
            assertThat(end.attempts()).hasSize(5).allMatch(attempt -> String.valueOf(attempt.error())
                    .contains("the service ended"));
            assertThat(fixture.engine.outstanding()).isZero();
            assertThat(fixture.ended(fixture.wish(pool, "echo", "[1]").submit())
                            .job()
                            .state())
                    .isEqualTo(JobState.SUCCEEDED);
        }
    }

    private DetachedFixture fixture() {
        return new DetachedFixture(directory.resolve("jobs.db"), Clock.systemUTC(), DetachedSettings.DEFAULT);
    }

    private static void untilRecorded(DetachedFixture fixture, UUID id, int attempt) {
        Eventually.until(DetachedFixture.PATIENCE, () -> {
            StoredJob stored = Objects.requireNonNull(fixture.store.read(tables -> tables.find(id)));
            assertThat(stored.state()).isEqualTo(JobState.RUNNING);
            assertThat(stored.attempt()).isEqualTo(attempt);
            return true;
        });
    }
}
