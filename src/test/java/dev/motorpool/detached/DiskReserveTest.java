package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.ErrorType;
import dev.motorpool.job.JobState;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolKind;
import dev.motorpool.store.SmallDisk;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A disk that jobs have filled can be freed by ending and deleting them. */
@ExtendWith(LeavesNothingBehind.class)
class DiskReserveTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final String MEGABYTE = "[\"" + "x".repeat(1 << 20) + "\"]";

    @TempDir
    Path directory;

    /** On a small disk, where one can be mounted; the test below is there for other places. */
    @Test
    void jobsThatHaveFilledTheDiskCanBeCancelledAndDeletedAndMakeRoomForOthers() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory, "96m");
                DetachedFixture fixture = new DetachedFixture(
                        directory.resolve("jobs.db"), Clock.systemUTC(), DetachedSettings.DEFAULT)) {
            Pool pool = fixture.pool("io", PoolKind.THREAD, 1);
            fixture.engine.takeUp(fixture.pools);
            List<UUID> ids = new ArrayList<>();
            ErrorType refusal = null;
            while (disk.mounted() ? refusal == null : ids.size() < 5) {
                assertThat(ids).hasSizeLessThan(96);
                refusal = submit(fixture, pool, ids);
            }
            assertThat(refusal).isEqualTo(disk.mounted() ? ErrorType.UNAVAILABLE : null);
            assertThat(fixture.engine.reachable()).isTrue();

            for (UUID id : List.copyOf(ids)) {
                assertThat(Objects.requireNonNull(fixture.jobs.cancel(id)).job().state())
                        .isEqualTo(JobState.CANCELLED);
                assertThat(fixture.jobs.delete(id)).isTrue();
                ids.remove(id);
            }
            Eventually.until(DetachedFixture.PATIENCE, () -> {
                assertThat(submit(fixture, pool, ids)).isNull();
                return true;
            });
        }
    }

    private static @Nullable ErrorType submit(DetachedFixture fixture, Pool pool, List<UUID> ids) throws Exception {
        DetachedFixture.Wish wish = fixture.wish(pool, "echo", MEGABYTE).delay(HOUR);
        CallRefusedException refused = catchThrowableOfType(CallRefusedException.class, () -> ids.add(wish.submit()));
        return refused == null ? null : refused.error().type();
    }

    @Test
    void jobsAreAcceptedAboveTheReserveAndStartedAboveHalfOfIt() {
        AtomicLong free = new AtomicLong(2_000);
        DiskReserve reserve = new DiskReserve(new Disk(free), 500);
        assertThat(reserve.accept(100)).isTrue();
        assertThat(reserve.accept(1_000))
                .as("what was accepted a moment ago counts")
                .isFalse();

        free.set(499);
        Eventually.within(DetachedFixture.PATIENCE, () -> {
            assertThat(reserve.accept(0)).isFalse();
            assertThat(reserve.hasRoomForEnds()).isTrue();
        });
        free.set(249);
        Eventually.within(DetachedFixture.PATIENCE, () -> assertThat(reserve.hasRoomForEnds())
                .isFalse());
        free.set(2_000);
        Eventually.within(
                DetachedFixture.PATIENCE, () -> assertThat(reserve.accept(100)).isTrue());
    }

    @Test
    void aSmallDiskKeepsAnEighth() {
        assertThat(new DiskReserve(new Disk(new AtomicLong(1_001)), Long.MAX_VALUE).accept(0))
                .isTrue();
        assertThat(new DiskReserve(new Disk(new AtomicLong(999)), Long.MAX_VALUE).accept(0))
                .isFalse();
        assertThat(new DiskReserve(new Disk(new AtomicLong(0)), 0).accept(0))
                .as("no reserve")
                .isTrue();
    }

    /** A disk of 8,000 bytes. */
    private record Disk(AtomicLong free) implements JobStore {
        @Override
        public JobStore.Disk disk() {
            return new JobStore.Disk(free.get(), 8_000);
        }

        @Override
        public void write(Work work) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T extends @Nullable Object> T read(Reading<T> reading) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
