package dev.motorpool.detached.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.motorpool.detached.DetachedFixture;
import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.job.JobState;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.store.SmallDisk;
import dev.motorpool.testing.Clients;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full of jobs can be freed by ending and deleting them. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class DiskReserveTest {

    private static final long MIB = 1 << 20;
    private static final int CLIENTS = 48;
    private static final int ROUNDS = 2;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String MEGABYTE = "[\"" + "x".repeat(1 << 20) + "\"]";

    @TempDir
    Path directory;

    /** On a small disk, if one can be mounted; the test below is for other machines. */
    @Test
    void jobsThatHaveFilledTheDiskCanBeCancelledAndDeletedAndMakeRoomForOthers() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory, "96m");
                DetachedFixture fixture = new DetachedFixture(
                        directory.resolve("jobs.db"), Clock.systemUTC(), DetachedSettings.DEFAULT)) {
            Pool pool = fixture.pool("io", PoolKind.THREAD, 1);
            fixture.engine.takeUp(fixture.pools);
            List<UUID> ids = new ArrayList<>();
            ProblemType refusal = null;
            while (disk.mounted() ? refusal == null : ids.size() < 5) {
                assertThat(ids).hasSizeLessThan(96);
                refusal = submit(fixture, pool, ids);
            }
            assertThat(refusal).isEqualTo(disk.mounted() ? ProblemType.UNAVAILABLE : null);
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

    /** Concurrent submissions of all sizes do not use up the reserve for ending and deleting. */
    @Test
    void jobsThatFilledTheDiskFromManyClientsAtOnceCanAllBeCancelledAndDeleted() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory, "64m");
                DetachedFixture fixture = new DetachedFixture(
                        directory.resolve("jobs.db"), Clock.systemUTC(), DetachedSettings.DEFAULT)) {
            if (!disk.mounted()) {
                return; // skipped if none can be mounted: the real disk would have to be filled
            }
            Pool pool = fixture.pool("io", PoolKind.THREAD, 1);
            fixture.engine.takeUp(fixture.pools);
            for (int round = 0; round < ROUNDS; round++) {
                Queue<UUID> stored = new ConcurrentLinkedQueue<>();
                AtomicInteger refused = new AtomicInteger();
                Clients.atOnce(CLIENTS, DetachedFixture.PATIENCE, i -> {
                    while (refused.get() < CLIENTS) {
                        List<UUID> made = new ArrayList<>();
                        String args = i % 4 == 0 ? "[1]" : "[\"" + "x".repeat(i << 16) + "\"]";
                        if (submit(fixture.wish(pool, "echo", args), made) == null) {
                            stored.addAll(made);
                        } else {
                            refused.incrementAndGet();
                        }
                    }
                });
                assertThat(fixture.engine.reachable()).isTrue();
                Clients.atOnce(CLIENTS, DetachedFixture.PATIENCE, i -> {
                    for (UUID id = stored.poll(); id != null; id = stored.poll()) {
                        assertThat(Objects.requireNonNull(fixture.jobs.cancel(id))
                                        .job()
                                        .state())
                                .isEqualTo(JobState.CANCELLED);
                        assertThat(fixture.jobs.delete(id)).isTrue();
                    }
                });
            }
        }
    }

    private static @Nullable ProblemType submit(DetachedFixture fixture, Pool pool, List<UUID> ids) throws Exception {
        return submit(fixture.wish(pool, "echo", MEGABYTE), ids);
    }

    private static @Nullable ProblemType submit(DetachedFixture.Wish wish, List<UUID> ids) {
        CallRefusedException refused = catchThrowableOfType(
                CallRefusedException.class, () -> ids.add(wish.delay(HOUR).submit()));
        return refused == null ? null : refused.error().type();
    }

    /**
     * Changes of one transaction count together, in the log and then in the file, where its free pages are used first.
     */
    @Test
    void jobsAreWrittenWhileTheReserveIsLeftAndLongEndsWhileHalfOfItIs() {
        DiskReserve reserve = new DiskReserve(new Disk(100, 0), MIB);
        StoreChange job = new Sized(true, 20);
        StoreChange end = new Sized(false, 20);
        StoreChange deletion = new Sized(false, 0);
        assertThat(reserve.beyond(List.of(job, job, deletion))).isEmpty();
        assertThat(reserve.beyond(List.of(job, end, job, deletion))).containsExactly(job);

        DiskReserve tight = new DiskReserve(new Disk(40, 0), 40 * MIB);
        assertThat(tight.beyond(List.of(job, end, deletion))).containsExactly(job, end);
        assertThat(new DiskReserve(new Disk(61, 0), 40 * MIB).beyond(List.of(job, end, deletion)))
                .as("half of the reserve is for ends")
                .containsExactly(job);
        assertThat(new DiskReserve(new Disk(61, 20), 40 * MIB).beyond(List.of(job, end, deletion)))
                .as("free pages take the job in, and nothing is left for the end")
                .containsExactly(end);
        assertThat(new DiskReserve(new Disk(61, -20), 40 * MIB).beyond(List.of(end, deletion)))
                .as("what is in the log has still to go into the file")
                .containsExactly(end);
    }

    @Test
    void jobsAreStartedAboveHalfOfTheReserve() {
        assertThat(new DiskReserve(new Disk(20, 0), 40 * MIB).hasRoomForEnds()).isTrue();
        assertThat(new DiskReserve(new Disk(20, -1), 40 * MIB).hasRoomForEnds()).isFalse();
    }

    @Test
    void aSmallDiskKeepsAnEighth() {
        StoreChange job = new Sized(true, 0);
        assertThat(new DiskReserve(new Disk(101, 0), Long.MAX_VALUE).beyond(List.of(job)))
                .isEmpty();
        assertThat(new DiskReserve(new Disk(100, 0), Long.MAX_VALUE).beyond(List.of(job)))
                .containsExactly(job);
    }

    /** A change of a given size in MiB. */
    private static final class Sized extends StoreChange {
        private final boolean submission;
        private final long bytes;

        Sized(boolean submission, long bytes) {
            this.submission = submission;
            this.bytes = bytes * MIB;
        }

        @Override
        public void apply(JobTables tables) {}

        @Override
        public boolean isSubmission() {
            return submission;
        }

        @Override
        public long bytes() {
            return bytes;
        }
    }

    /** A disk of 800 MiB. */
    private record Disk(long usable, long spare) implements JobStore {
        @Override
        public JobStore.Disk disk(long wanted) {
            return new JobStore.Disk(usable * MIB, spare * MIB, 800 * MIB);
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
