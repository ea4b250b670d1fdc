package dev.motorpool.pool;

import static dev.motorpool.pool.PoolFixture.failure;
import static dev.motorpool.pool.PoolFixture.outcome;
import static dev.motorpool.pool.PoolFixture.run;
import static dev.motorpool.pool.PoolFixture.submit;
import static dev.motorpool.pool.PoolFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.RealWorkers;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The system has no more threads, processes or descriptors, at each place where a pool needs one: the start fails, the
 * pool says so, and heals once there are some again.
 */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class ShortageTest {

    private static final Duration HEALED = Duration.ofSeconds(30);

    /** Where there is none to be had. */
    enum Place {
        READER("-reader", "unable to create native thread"),
        WRITER("-writer", "unable to create native thread"),
        OUTPUT("-output", "unable to create native thread"),
        ROOM("-room-1", "unable to create native thread"),
        PROCESS("", "error=11, Resource temporarily unavailable"),
        PIPES("", "error=24, Too many open files"),
        KILLER("-killer", "unable to create native thread"),
        WAITING_FOR_EXIT("-killer", "unable to create native thread"),
        MEMORY_WATCH("-memory-watch", "unable to create native thread");

        private final String thread;
        private final String message;

        Place(String thread, String message) {
            this.thread = thread;
            this.message = message;
        }
    }

    private static final class Scarce extends Spawner {
        volatile @Nullable Place place;

        /** Processes of starts that failed afterwards, as the JDK does where it gets no thread to wait for their exit. */
        final Queue<Process> lost = new ConcurrentLinkedQueue<>();

        @Override
        public void start(Thread thread) {
            Place here = place;
            if (here != null && !here.thread.isEmpty() && thread.getName().endsWith(here.thread)) {
                throw new OutOfMemoryError(here.message);
            }
            super.start(thread);
        }

        @Override
        public Process start(ProcessBuilder builder) throws IOException {
            Place here = place;
            if (here == Place.WAITING_FOR_EXIT) {
                lost.add(super.start(builder));
                throw new OutOfMemoryError(here.message);
            }
            if (here != null && here.thread.isEmpty()) {
                throw new IOException(here.message);
            }
            return super.start(builder);
        }
    }

    private final Scarce system = new Scarce();
    private final PoolFixture fixture =
            new PoolFixture(Map.of("java", RealWorkers.java()), EngineLimits.DEFAULT, system);

    @AfterEach
    void closePools() {
        fixture.close();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"KILLER", "WAITING_FOR_EXIT", "MEMORY_WATCH"},
            mode = EnumSource.Mode.EXCLUDE)
    void aPoolThatCannotStartIsBrokenUntilItCan(Place place) {
        system.place = place;
        Pool pool = fixture.pool(PoolFixture.settings(PoolKind.PROCESS, 2));
        Failure.PoolBroken broken = failure(outcome(submit(pool, "echo", "[1]")), Failure.PoolBroken.class);
        assertThat(broken.reason()).contains(place.message);
        assertThat(pool.view().state()).isEqualTo(PoolState.BROKEN);
        assertThat(pool.view().reason()).contains(place.message);
        system.place = null;
        Eventually.within(HEALED, () -> {
            assertThat(pool.view().state()).isEqualTo(PoolState.RUNNING);
            assertThat(pool.idleSlots()).isEqualTo(2);
        });
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
    }

    /** The one worker has died and no other can start: waiting calls fail, and the pool recovers. */
    @ParameterizedTest
    @EnumSource(names = {"READER", "OUTPUT", "PROCESS"})
    void aPoolThatLosesItsWorkerMeanwhileIsBrokenUntilItCanStartAnother(Place place) {
        Pool pool = fixture.pool(PoolFixture.settings(PoolKind.THREAD, 4));
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
        system.place = place;
        assertThat(pool.terminateWorker(pool.workers().getFirst().id())).isPresent();
        Eventually.within(HEALED, () -> assertThat(pool.view().state()).isEqualTo(PoolState.BROKEN));
        system.place = null;
        Eventually.within(HEALED, () -> assertThat(pool.view().state()).isEqualTo(PoolState.RUNNING));
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
    }

    @Test
    void aWorkerIsKilledThoughThereIsNoThreadForThat() {
        Pool pool = fixture.pool(PoolFixture.settings(PoolKind.PROCESS, 1));
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
        system.place = Place.KILLER;
        PendingCall call = submit(pool, PoolFixture.call("sleep", "[100]", Duration.ofMillis(100), null, 0));
        failure(outcome(call), Failure.TimedOut.class);
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
    }

    /** Nor is there a thread for the kill, and nothing else is killed later. */
    @Test
    void processesOfFailedStartsAreKilledOnceThereAreThreads() throws IOException {
        system.place = Place.WAITING_FOR_EXIT;
        Pool pool = fixture.pool(PoolFixture.settings(PoolKind.PROCESS, 1));
        Eventually.within(HEALED, () -> assertThat(pool.view().state()).isEqualTo(PoolState.BROKEN));
        assertThat(system.lost).isNotEmpty().allMatch(Process::isAlive);
        system.place = null;
        Eventually.within(HEALED, () -> assertThat(pool.view().state()).isEqualTo(PoolState.RUNNING));
        Eventually.within(HEALED, () -> assertThat(system.lost).noneMatch(Process::isAlive));
        for (Process lost : system.lost) {
            lost.getOutputStream().close();
            lost.getInputStream().close();
            lost.getErrorStream().close();
        }
    }

    @Test
    void memoryIsWatchedAgainOnceThereAreThreads() {
        system.place = Place.MEMORY_WATCH;
        Pool pool = fixture.pool(
                new PoolSettings(PoolKind.PROCESS, 1, 10_000, null, null, null, 1, 1L << 20, null, null, "java"));
        assertThat(value(run(pool, "echo", "[1]"))).isEqualTo("1");
        system.place = null;
        Eventually.within(HEALED, () -> assertThat(fixture.endings).containsKey("memory"));
    }
}
