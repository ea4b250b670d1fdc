package dev.motorpool.pool.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.PoolFixture;
import dev.motorpool.runtime.ServiceMark;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.Zombies;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class ProcessKillerTest {

    private static final int WORKERS = 30;

    /** Each has a child in its group and one that has left it. */
    @Test
    void manyAreKilledWithAllTheirChildrenAndFewLooks() throws Exception {
        List<Process> workers = new ArrayList<>();
        List<ProcessHandle> all = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(new ProcessBuilder("setsid", "/bin/sh", "-c", "sleep 300 & setsid sleep 300 & wait").start());
        }
        for (Process worker : workers) {
            Eventually.within(PoolFixture.PATIENCE, () -> assertThat(worker.descendants()
                            .filter(child -> child.info().command().orElse("").endsWith("/sleep")
                                    || child.info().commandLine().orElse("").contains("sleep")))
                    .hasSize(2));
            all.add(worker.toHandle());
            worker.descendants().forEach(all::add);
        }
        AtomicInteger looks = new AtomicInteger();
        ProcessKiller killer = new ProcessKiller(new Spawner(), () -> {
            looks.incrementAndGet();
            return ProcessTable.read();
        });
        workers.forEach(worker -> killer.kill(worker.toHandle(), "none"));
        Eventually.within(PoolFixture.PATIENCE, () -> assertThat(all).noneMatch(Zombies::runs));
        assertThat(looks).hasValueBetween(1, 3);
        for (Process worker : workers) {
            worker.waitFor();
        }
    }

    /** It has another parent, process group and session; only its environment shows whose it is. */
    @Test
    void aDaemonEndsAfterTheWorkerThatStartedIt() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                "setsid", "/bin/sh", "-c", "setsid /bin/sh -c 'setsid sleep 300 >/dev/null 2>&1 & echo $!'; cat");
        builder.environment().put(WorkerProcess.MARK_VARIABLE, "w-1-unique");
        Process worker = builder.start();
        long pid = Long.parseLong(worker.inputReader().readLine());
        ProcessHandle daemon = ProcessHandle.of(pid).orElseThrow();
        ProcessKiller killer = new ProcessKiller(new Spawner());
        try {
            killer.sweep(worker.toHandle(), "w-1-other");
            assertThat(killer.awaitIdle(PoolFixture.PATIENCE)).isTrue();
            assertThat(Zombies.runs(daemon)).isTrue();
        } finally {
            worker.toHandle().destroyForcibly();
            worker.waitFor();
            killer.sweep(worker.toHandle(), "w-1-unique");
        }
        Eventually.within(PoolFixture.PATIENCE, () -> assertThat(daemon).matches(each -> !Zombies.runs(each)));
        assertThat(killer.awaitIdle(PoolFixture.PATIENCE)).isTrue();
    }

    /** Its start failed after it was there: nobody has its handle or waits for its exit. */
    @Test
    void aLostProcessIsKilledAndLeavesNoZombie() throws Exception {
        ProcessBuilder builder = new ProcessBuilder("setsid", "sleep", "300");
        builder.environment().put(WorkerProcess.MARK_VARIABLE, "w-2-lost");
        ProcessHandle lost = builder.start().toHandle();
        ProcessKiller killer = new ProcessKiller(new Spawner());
        killer.killLost("w-2-lost");
        assertThat(killer.awaitIdle(PoolFixture.PATIENCE)).isTrue();
        assertThat(ProcessHandle.of(lost.pid())).isEmpty();
    }

    /** When its start failed there was no thread for the kill either. */
    @Test
    void aLostProcessIsKilledOnceThereAreThreadsAgain() throws Exception {
        ProcessBuilder builder = new ProcessBuilder("setsid", "sleep", "300");
        builder.environment().put(WorkerProcess.MARK_VARIABLE, "w-3-lost");
        ProcessHandle lost = builder.start().toHandle();
        AtomicBoolean scarce = new AtomicBoolean(true);
        ProcessKiller killer = new ProcessKiller(new Spawner() {
            @Override
            public void start(Thread thread) {
                if (scarce.get()) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                super.start(thread);
            }
        });
        killer.killLost("w-3-lost");
        killer.retry();
        scarce.set(false);
        assertThat(Zombies.runs(lost)).isTrue();
        killer.retry();
        assertThat(killer.awaitIdle(PoolFixture.PATIENCE)).isTrue();
        assertThat(ProcessHandle.of(lost.pid())).isEmpty();
    }

    /** A frozen worker does not notice that its service has gone. */
    @Test
    void whatEarlierServicesOfTheDirectoryHaveLeftIsKilledThoughItIsFrozen() throws Exception {
        ServiceMark earlier = ServiceMark.unrelated();
        ServiceMark now = new ServiceMark(earlier.directory(), "now");
        Process frozen = sleeper(earlier.next());
        List<Process> others =
                List.of(sleeper(now.next()), sleeper(ServiceMark.unrelated().next()));
        ProcessKiller killer = new ProcessKiller(new Spawner());
        try {
            assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(frozen.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            killer.killEarlier(now);
            assertThat(killer.awaitIdle(PoolFixture.PATIENCE)).isTrue();
            assertThat(frozen.waitFor(PoolFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(frozen.exitValue()).isEqualTo(128 + 9);
            assertThat(others).allMatch(Process::isAlive);
        } finally {
            others.forEach(Process::destroyForcibly);
            for (Process other : others) {
                other.waitFor();
            }
        }
    }

    private static Process sleeper(String mark) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("setsid", "sleep", "300");
        builder.environment().put(WorkerProcess.MARK_VARIABLE, mark);
        return builder.start();
    }

    /** The pid of a leader that has ended may by now be somebody else's. */
    @Test
    void theGroupOfAProcessThatLivesIsNotTakenForRemains() throws Exception {
        Process somebody = new ProcessBuilder("setsid", "sleep", "300").start();
        Eventually.within(
                PoolFixture.PATIENCE,
                () -> assertThat(somebody.info().commandLine().orElse("")).contains("sleep 300"));
        ProcessGroup.killRemains(somebody.pid());
        assertThat(somebody.waitFor(200, TimeUnit.MILLISECONDS)).isFalse();
        ProcessGroup.kill(somebody.pid());
        assertThat(somebody.waitFor()).isEqualTo(128 + 9);
    }
}
