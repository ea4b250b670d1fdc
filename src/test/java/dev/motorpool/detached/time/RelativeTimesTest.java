package dev.motorpool.detached.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.DetachedFixture;
import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class RelativeTimesTest {

    private static final Duration SOON = Duration.ofMillis(10);
    private static final Duration LATE = Duration.ofHours(1);

    @TempDir
    Path directory;

    @Test
    void timesAreForgottenOnceTheirJobsHaveStartedOrEnded() throws Exception {
        try (DetachedFixture fixture =
                new DetachedFixture(directory.resolve("jobs.db"), Clock.systemUTC(), DetachedSettings.DEFAULT)) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.open(fixture.pools);
            UUID later =
                    fixture.wish(pool, "echo", "[1]").delay(LATE).expires(LATE).submit();
            assertThat(fixture.engine.starts().size()).isEqualTo(1);
            assertThat(fixture.engine.expiries().size()).isEqualTo(1);
            fixture.ended(
                    fixture.wish(pool, "echo", "[1]").delay(SOON).expires(LATE).submit());
            fixture.ended(fixture.wish(pool, "raise", "[]").retries(2, SOON).submit());
            assertThat(fixture.engine.starts().size()).isEqualTo(1);
            assertThat(fixture.engine.expiries().size()).isEqualTo(1);
            assertThat(fixture.jobs.cancel(later)).isNotNull();
            assertThat(fixture.engine.starts().size()).isZero();
            assertThat(fixture.engine.expiries().size()).isZero();
        }
    }
}
