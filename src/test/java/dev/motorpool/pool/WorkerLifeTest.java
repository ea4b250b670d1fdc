package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.pool.process.ExitStatus;
import dev.motorpool.pool.process.ProcessKiller;
import dev.motorpool.pool.process.WorkerHost;
import dev.motorpool.pool.process.WorkerLink;
import dev.motorpool.pool.process.WorkerProcess;
import dev.motorpool.pool.timer.Timers;
import dev.motorpool.runtime.BadWorker;
import dev.motorpool.runtime.CommandRuntime;
import dev.motorpool.runtime.ServiceMark;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.runtime.WorkerShape;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.wire.Message;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After any failure in the service around a worker, its end is reported once and its process ends. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class WorkerLifeTest {

    private static final int FRAME_LIMIT = 1 << 20;

    enum Defect {
        NONE,
        AT_SPAWN,
        AT_REPORT,
        AT_END
    }

    /** A listener that fails at one event. */
    private static final class Fragile implements WorkerLink.Listener {
        private final Defect defect;
        private final AtomicInteger spawned = new AtomicInteger();
        private final AtomicInteger received = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private volatile @Nullable ProcessHandle process;

        Fragile(Defect defect) {
            this.defect = defect;
        }

        private void failAt(Defect here) {
            if (defect == here) {
                throw new IllegalStateException("a planted defect");
            }
        }

        @Override
        public void spawned(ProcessHandle handle) {
            process = handle;
            spawned.incrementAndGet();
            failAt(Defect.AT_SPAWN);
        }

        @Override
        public void received(List<Message.Report> reports) {
            received.incrementAndGet();
            failAt(Defect.AT_REPORT);
        }

        @Override
        public void closing() {}

        @Override
        public void ended(ExitStatus status, @Nullable String fault, String lastWords) {
            ended.incrementAndGet();
            failAt(Defect.AT_END);
        }
    }

    private final Timers timers = Timers.real();

    @AfterEach
    void closeTimers() {
        timers.close();
    }

    @ParameterizedTest
    @EnumSource
    void theEndIsToldOnce(Defect defect) {
        try (Timers timers = Timers.real()) {
            theEndIsToldOnce(defect, timers);
        }
    }

    private static void theEndIsToldOnce(Defect defect, Timers timers) {
        Fragile listener = new Fragile(defect);
        WorkerProcess worker = new WorkerProcess(
                "w-1",
                new WorkerHost(
                        ServiceMark.unrelated(), FRAME_LIMIT, new Spawner(), new ProcessKiller(new Spawner()), timers),
                () -> new CommandRuntime(BadWorker.command("good"), FRAME_LIMIT).command(new WorkerShape(1, false)),
                listener);
        worker.start();
        if (defect == Defect.NONE || defect == Defect.AT_END) {
            Eventually.within(
                    PoolFixture.PATIENCE, () -> assertThat(listener.received).hasValue(1));
            worker.send(new Message.Stop());
        }
        Eventually.within(PoolFixture.PATIENCE, () -> {
            assertThat(listener.ended).hasValue(1);
            assertThat(listener.process).isNotNull().matches(process -> !process.isAlive());
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("motorpool-w-1"));
        });
        worker.kill();
        assertThat(listener.spawned).hasValue(1);
        assertThat(listener.ended).hasValue(1);
    }
}
