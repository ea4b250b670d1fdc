package dev.motorpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CallRunTest {

    private final List<Message> written = new ArrayList<>();

    private final Calls calls = new MethodCalls(KnownFunctions.of(false, null).registry(), 1000);

    private final Reports reports = new Reports() {
        @Override
        public void write(Message.Report report) {
            written.add(report);
        }

        @Override
        public void writeThrough(Message.Report report) {
            written.add(report);
        }
    };

    private CallRun run() {
        return new CallRun(
                new Message.Call(5, 2, "f", RawJson.EMPTY_ARRAY, RawJson.EMPTY_OBJECT, false),
                calls,
                reports,
                new OutputRouter(reports));
    }

    @Test
    void whatHasBegunCannotBeTakenBackAndWhatIsTakenBackCannotBegin() {
        CallRun begun = run();
        assertThat(begun.begin()).isTrue();
        assertThat(begun.takeBack()).isNegative();
        begun.end();
        assertThat(begun.takeBack()).isNegative();

        CallRun dropped = run();
        assertThat(dropped.takeBack()).isZero();
        assertThat(dropped.takeBack()).isNegative();
        assertThat(dropped.begin()).isFalse();
    }

    @Test
    void aRunThatWasCancelledBeforeItBeganIsInterruptedWhenItBegins() {
        CallRun run = run();
        run.cancel(0);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        run.begin();
        assertThat(run.cancelled()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        run.end();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void noInterruptOutlivesItsRun() throws Exception {
        AtomicInteger stray = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(2);
        CallRun[] shared = new CallRun[1];
        Thread canceller = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 5000; i++) {
                await(start);
                shared[0].cancel(0);
                await(start);
            }
        });
        for (int i = 0; i < 5000; i++) {
            shared[0] = run();
            shared[0].begin();
            await(start);
            shared[0].end();
            if (Thread.currentThread().isInterrupted()) {
                stray.incrementAndGet();
            }
            await(start);
        }
        canceller.join();
        assertThat(stray).hasValue(0);
    }

    @Test
    void progressThatComesTooFastIsThinnedOut() {
        CallRun run = run();
        run.progress(0, 10, "too early");
        run.begin();
        for (int i = 0; i < 100_000; i++) {
            run.progress(i - 1, -1, "x".repeat(2000));
        }
        run.end();
        run.progress(10, 10, "too late");
        assertThat(written).hasSizeBetween(1, 10);
        assertThat(written.getFirst()).isEqualTo(new Message.Progress(5, 0, 0, "x".repeat(1000)));
    }

    @Test
    void aFunctionSeesWhichAttemptItIs() {
        assertThat(run().attempt()).isEqualTo(2);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | java.util.concurrent.BrokenBarrierException broken) {
            throw new AssertionError(broken);
        }
    }
}
