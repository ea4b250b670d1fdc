package dev.motorpool.pool;

import static dev.motorpool.pool.PoolFixture.PATIENCE;
import static dev.motorpool.pool.PoolFixture.failure;
import static dev.motorpool.pool.PoolFixture.run;
import static dev.motorpool.pool.PoolFixture.submit;
import static dev.motorpool.pool.PoolFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.Zombies;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Python workers of kind process are forked from a template, whatever happens to it. */
@ExtendWith(LeavesNothingBehind.class)
@Timeout(120)
@Tag("service")
class ForkedWorkersTest {

    private static final Duration IMPORT = Duration.ofMillis(500);

    private static final String MODULE = """
        import os, sys, time
        IMPORTED = os.getpid()
        def imported(): return IMPORTED
        def pid(): return os.getpid()
        def parent(): return os.getppid()
        def nap(seconds): time.sleep(seconds); return "rested"
        def leave(code): sys.exit(code)
        def leave_at_once(code): os._exit(code)
        def die(signal): os.kill(os.getpid(), signal); time.sleep(100)
        def daemon():
            read, write = os.pipe()
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.write(write, str(os.getpid()).encode())
                    time.sleep(1000)
                os._exit(0)
            return int(os.read(read, 20))
        """;

    /** Shared, as the workers' package is laid out there. */
    @TempDir
    private static Path data;

    @TempDir
    private Path folder;

    private @Nullable PythonWorkers workers;

    @AfterEach
    void close() {
        if (workers != null) {
            workers.close();
        }
    }

    private PythonWorkers start(boolean forks, String module) throws IOException, InterruptedException {
        return start(forks, module, Duration.ofSeconds(20));
    }

    private PythonWorkers start(boolean forks, String module, Duration limit) throws IOException, InterruptedException {
        PythonWorkers started = new PythonWorkers(data, forks, limit);
        workers = started;
        started.load(folder.resolve("first"), module);
        return started;
    }

    private static long number(Pool pool, String function) {
        return Long.parseLong(value(run(pool, "work." + function, "[]")));
    }

    private static ProcessHandle template() {
        return Eventually.until(PATIENCE, () -> {
            List<ProcessHandle> all = PythonWorkers.templates();
            assertThat(all).hasSize(1);
            return all.getFirst();
        });
    }

    @Test
    void aFreshWorkerDoesNotImportAgain() throws Exception {
        Pool pool = start(true, MODULE + "time.sleep(0.5)\n").pool(1);
        long imported = number(pool, "imported");
        assertThat(template().pid()).isEqualTo(imported).isEqualTo(number(pool, "parent"));
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            long before = number(pool, "pid");
            var _ = failure(run(pool, "work.leave_at_once", "[1]"), Failure.WorkerLost.class);
            long begun = System.nanoTime();
            assertThat(number(pool, "pid")).isNotEqualTo(before);
            nanos.add(System.nanoTime() - begun);
            assertThat(number(pool, "imported")).isEqualTo(imported);
        }
        assertThat(nanos.stream().min(Long::compare).orElseThrow()).isLessThan(IMPORT.toNanos());
    }

    @Test
    void workersShareTheMemoryOfWhatWasImported() throws Exception {
        String module = MODULE + "DATA = bytearray(os.urandom(1024)) * (100 * 1024)\n";
        PythonWorkers forked = start(true, module);
        Pool many = forked.pool(4);
        List<Long> pids = new ArrayList<>(Eventually.until(PATIENCE, () -> {
            assertThat(many.workers()).hasSize(4).allMatch(worker -> worker.state()
                    .equals("idle"));
            return many.workers().stream().map(WorkerView::pid).toList();
        }));
        pids.add(template().pid());
        try (PythonWorkers other = new PythonWorkers(data, false, Duration.ofSeconds(20))) {
            other.load(folder.resolve("other"), module);
            long one = PythonWorkers.proportionalBytes(number(other.pool(1), "pid"));
            long together = 0;
            for (long pid : pids) {
                together += PythonWorkers.proportionalBytes(pid);
            }
            assertThat(together).as("%s workers and their template", 4).isLessThan(one * 13 / 10);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, leave, 3, 3,", "true, leave_at_once, 4, 4,", "true, die, 11, , 11", "true, die, 9, , 9",
        "false, leave, 3, 3,", "false, leave_at_once, 4, 4,", "false, die, 11, , 11", "false, die, 9, , 9"
    })
    void itsEndIsToldAsThatOfASpawnedOne(
            boolean forks, String function, int argument, @Nullable Integer code, @Nullable Integer signal)
            throws Exception {
        Pool pool = start(forks, MODULE).pool(1);
        Failure.WorkerLost lost =
                failure(run(pool, "work." + function, "[" + argument + "]"), Failure.WorkerLost.class);
        assertThat(lost.exitCode()).isEqualTo(code);
        assertThat(lost.signal()).isEqualTo(signal);
        assertThat(number(pool, "parent") == ProcessHandle.current().pid()).isEqualTo(!forks);
    }

    /** Only its mark leads to what has left a worker's session, and the worker was not given that by {@code execve}. */
    @Test
    void daemonsOfAKilledWorkerAreFound() throws Exception {
        Pool pool = start(true, MODULE).pool("a-pool-with-a-name-that-is-longer-than-that-of-any-template");
        ProcessHandle daemon = ProcessHandle.of(number(pool, "daemon")).orElseThrow();
        assertThat(Zombies.runs(daemon)).isTrue();
        var _ = failure(run(pool, "work.die", "[9]"), Failure.WorkerLost.class);
        Eventually.within(PATIENCE, () -> assertThat(Zombies.runs(daemon)).isFalse());
    }

    @Test
    void workersOutliveTheirTemplate() throws Exception {
        Pool pool = start(true, MODULE).pool(1);
        long worker = number(pool, "pid");
        ProcessHandle first = template();
        PendingCall busy = submit(pool, "work.nap", "[0.5]");
        assertThat(first.destroyForcibly()).isTrue();
        assertThat(value(PoolFixture.outcome(busy))).isEqualTo("\"rested\"");
        assertThat(number(pool, "pid")).isEqualTo(worker);
        // Nobody is left who sees how it exits.
        Failure.WorkerLost lost = failure(run(pool, "work.leave", "[3]"), Failure.WorkerLost.class);
        assertThat(lost.exitCode()).isNull();
        assertThat(lost.signal()).isNull();
        assertThat(number(pool, "parent")).isEqualTo(template().pid()).isNotEqualTo(first.pid());
    }

    /** Workers are replaced after each call, while their template is killed again and again. */
    @Test
    void aTemplateThatIsKilledAtAnyMomentIsReplaced() throws Exception {
        Pool pool = start(true, MODULE + "time.sleep(0.05)\n").pool(PoolKind.PROCESS, 2, 1, null);
        List<PendingCall> calls = IntStream.range(0, 60)
                .mapToObj(_ -> submit(pool, "work.nap", "[0.005]"))
                .toList();
        Random random = new Random(14);
        for (int i = 0; i < 12; i++) {
            ProcessHandle next =
                    Eventually.until(PATIENCE, () -> PythonWorkers.templates().getFirst());
            Thread.sleep(random.nextInt(150));
            boolean _ = next.destroyForcibly();
            Eventually.within(PATIENCE, () -> assertThat(Zombies.runs(next)).isFalse());
        }
        assertThat(calls)
                .allSatisfy(call -> assertThat(value(PoolFixture.outcome(call))).isEqualTo("\"rested\""));
        assertThat(pool.view().reason()).isNull();
    }

    @Test
    void aTemplateThatHangsIsReplaced() throws Exception {
        Pool pool = start(true, MODULE, Duration.ofSeconds(8)).pool(1);
        long before = number(pool, "parent");
        ProcessHandle first = template();
        signal("STOP", first);
        var _ = failure(run(pool, "work.leave", "[3]"), Failure.WorkerLost.class);
        assertThat(number(pool, "parent")).isNotEqualTo(before);
        assertThat(Zombies.runs(first)).isFalse();
    }

    private static void signal(String name, ProcessHandle process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void sourcesWithThreadsAreSpawned() throws Exception {
        Pool pool = start(
                        true,
                        MODULE
                                + "import threading\n"
                                + "threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\n")
                .pool(2);
        for (int i = 0; i < 3; i++) {
            assertThat(number(pool, "parent")).isEqualTo(ProcessHandle.current().pid());
            var _ = failure(run(pool, "work.leave", "[1]"), Failure.WorkerLost.class);
        }
        Eventually.within(PATIENCE, () -> assertThat(PythonWorkers.templates()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"THREAD", "COROUTINE"})
    void onlyKindProcessIsForked(PoolKind kind) throws Exception {
        Pool pool = start(true, MODULE).pool(kind, 2, null, null);
        assertThat(number(pool, "parent")).isEqualTo(ProcessHandle.current().pid());
    }

    @Test
    void newSourcesHaveATemplateOfTheirOwn() throws Exception {
        PythonWorkers started = start(true, MODULE + "def version(): time.sleep(0.5); return 1\n");
        Pool pool = started.pool(2);
        PendingCall before = submit(pool, "work.version", "[]");
        Eventually.within(PATIENCE, () -> assertThat(pool.view().running()).isEqualTo(1));
        ProcessHandle first = template();
        started.load(folder.resolve("second"), MODULE + "def version(): return 2\n");
        started.fixture.pools.renew("python");
        assertThat(value(run(pool, "work.version", "[]"))).isEqualTo("2");
        assertThat(value(PoolFixture.outcome(before))).isEqualTo("1");
        Eventually.within(PATIENCE, () -> assertThat(Zombies.runs(first)).isFalse());
        assertThat(number(pool, "parent")).isEqualTo(template().pid());
    }

    @Test
    void theTemplateEndsWithTheLastIdleWorker() throws Exception {
        Pool pool = start(true, MODULE).pool(PoolKind.PROCESS, 2, null, Duration.ofMillis(200));
        assertThat(PythonWorkers.templates()).isEmpty();
        assertThat(number(pool, "parent")).isEqualTo(template().pid());
        Eventually.within(PATIENCE, () -> assertThat(PythonWorkers.templates()).isEmpty());
        assertThat(number(pool, "parent")).isEqualTo(template().pid());
    }

    /** A worker that waits for its template holds nothing up. */
    @Test
    void aPoolEndsWhileItsTemplateImports() throws Exception {
        PythonWorkers started = start(true, "import time\ntime.sleep(1000)\n");
        Pool pool = started.pool(1);
        ProcessHandle importing = template();
        assertThat(started.fixture.pools.delete(pool.name())).isTrue();
        started.close();
        assertThat(Zombies.runs(importing)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aWorkerWithoutItsSourceIsAFailedStart(boolean forks) throws Exception {
        Path needed = folder.resolve("needed");
        Pool pool = start(forks, MODULE + "TEXT = open(" + '"' + needed + "\").read()\n")
                .pool(1);
        Eventually.within(PATIENCE, () -> assertThat(pool.view().reason())
                .contains("its source work cannot be loaded: FileNotFoundError", "needed"));
        java.nio.file.Files.writeString(needed, "now it is there");
        Eventually.within(PATIENCE, () -> assertThat(pool.view().reason()).isNull());
        assertThat(number(pool, "pid")).isPositive();
    }
}
