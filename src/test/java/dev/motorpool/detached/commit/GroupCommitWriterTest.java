package dev.motorpool.detached.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.detached.NoListener;
import dev.motorpool.detached.store.DiskFullException;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.store.sqlite.SqliteJobStore;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The writing thread survives all failures of changes, and a failing change does not affect others. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class GroupCommitWriterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long MOST_QUEUED = 1 << 20;

    @TempDir
    Path directory;

    private SqliteJobStore store;
    private GroupCommitWriter writer;
    private final List<Boolean> health = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws Exception {
        store = SqliteJobStore.open(directory.resolve("jobs.db"));
        writer = new GroupCommitWriter(store, new DiskReserve(store, 0), health::add, new NoListener(), MOST_QUEUED);
        writer.start();
    }

    @AfterEach
    void close() {
        writer.close();
        store.close();
    }

    /** A change with a waiting caller and a behavior chosen by the test. */
    private static class Wish extends BlockingChange<Integer> {
        private final Throwing does;

        Wish(Throwing does) {
            this.does = does;
        }

        @Override
        public Integer make(JobTables tables) throws StoreException {
            does.run();
            tables.probe();
            return 1;
        }
    }

    @FunctionalInterface
    private interface Throwing {
        void run() throws StoreException;
    }

    /** Writes these changes as one group. */
    private void together(List<? extends StoreChange> changes) {
        CountDownLatch open = new CountDownLatch(1);
        writer.add(new Wish(() -> {
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }));
        changes.forEach(writer::add);
        open.countDown();
    }

    @Test
    void aChangeThatThrowsFailsAloneWhateverItThrows() throws Exception {
        for (Throwable thrown : List.of(
                new OutOfMemoryError("no heap"),
                new StackOverflowError("deep"),
                new AssertionError("a defect"),
                new IllegalStateException("a defect"),
                new StoreException("a constraint"))) {
            AtomicInteger tries = new AtomicInteger();
            Wish before = new Wish(() -> {});
            Wish broken = new Wish(() -> {
                tries.incrementAndGet();
                throwAny(thrown);
            });
            Wish after = new Wish(() -> {});

            together(List.of(before, broken, after));

            assertThat(before.await(PATIENCE)).isEqualTo(1);
            assertThat(after.await(PATIENCE)).isEqualTo(1);
            assertThatExceptionOfType(StoreException.class).isThrownBy(() -> broken.await(PATIENCE));
            assertThat(tries).hasValue(1);
            assertThat(writer.reachable()).isTrue();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAny(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void anUnhurriedChangeIsWrittenThoughNothingElseComes() throws Exception {
        Thread thread = Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals("motorpool-store-writer"))
                .findAny()
                .orElseThrow();
        Eventually.within(PATIENCE, () -> assertThat(thread.getState()).isEqualTo(Thread.State.TIMED_WAITING));
        Wish alone = new Wish(() -> {});
        assertThat(writer.addUnhurried(alone)).isTrue();
        assertThat(alone.await(PATIENCE)).isEqualTo(1);
    }

    @Test
    void whatFollowsAChangeMayThrow() throws Exception {
        StoreChange broken = new StoreChange() {
            @Override
            public void apply(JobTables tables) {}

            @Override
            public void committed() {
                throw new OutOfMemoryError("no heap");
            }
        };
        Wish after = new Wish(() -> {});

        together(List.of(broken, after));

        assertThat(after.await(PATIENCE)).isEqualTo(1);
    }

    @Test
    void anEndThatBreaksItsTransactionIsTriedAgain() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        CountDownLatch written = new CountDownLatch(1);
        StoreChange end = new StoreChange() {
            @Override
            public void apply(JobTables tables) {
                if (tries.incrementAndGet() < 3) {
                    throw new OutOfMemoryError("no heap");
                }
            }

            @Override
            public void committed() {
                written.countDown();
            }
        };
        Wish other = new Wish(() -> {});

        together(List.of(end, other));

        assertThat(other.await(PATIENCE)).isEqualTo(1);
        assertThat(written.await(30, TimeUnit.SECONDS)).isTrue();
    }

    /** If the disk is full, a large change waits, or fails if it is a submission, and the rest is written. */
    @Test
    void aFullDiskHoldsUpOnlyWhatNeedsRoom() throws Exception {
        AtomicInteger room = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(1);
        StoreChange end = new StoreChange() {
            @Override
            public void apply(JobTables tables) throws StoreException {
                if (room.get() == 0) {
                    throw full();
                }
            }

            @Override
            public void committed() {
                ended.countDown();
            }

            @Override
            public long bytes() {
                return 100_000;
            }
        };
        Wish submission = new Wish(() -> throwAny(full())) {
            @Override
            public boolean isSubmission() {
                return true;
            }
        };
        Wish deletion = new Wish(() -> {});

        together(List.of(end, submission, deletion));

        assertThat(deletion.await(PATIENCE)).isEqualTo(1);
        assertThatExceptionOfType(DiskFullException.class).isThrownBy(() -> submission.await(PATIENCE));
        assertThat(writer.reachable()).isTrue();
        for (int i = 0; i < 3; i++) {
            Wish next = new Wish(() -> {});
            writer.add(next);
            assertThat(next.await(PATIENCE)).isEqualTo(1);
        }
        assertThat(ended.getCount()).isEqualTo(1);

        room.set(1);

        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private static DiskFullException full() {
        return new DiskFullException("The disk is full.", new IllegalStateException());
    }

    @Test
    void noJobsAreStartedWhileMuchIsOnItsWay() throws Exception {
        List<StoreChange> many = new ArrayList<>();
        CountDownLatch written = new CountDownLatch(1);
        for (int i = 0; i < 40; i++) {
            boolean last = i == 39;
            many.add(new StoreChange() {
                @Override
                public void apply(JobTables tables) {}

                @Override
                public void committed() {
                    if (last) {
                        written.countDown();
                    }
                }

                @Override
                public long bytes() {
                    return 1 << 20;
                }
            });
        }

        together(many);

        assertThat(written.await(30, TimeUnit.SECONDS)).isTrue();
        Eventually.within(PATIENCE, () -> {
            writer.doubt();
            assertThat(health).containsExactly(false, true);
        });
        assertThat(writer.mayStart()).isTrue();
    }
}
