package dev.motorpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.runtime.WorkerShape;
import dev.motorpool.runtime.WorkerUnderTest;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.RealWorkers;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Order, recall and certainty in a worker that runs one call at a time. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class OneSlotTest {

    private static WorkerUnderTest start() throws IOException, InterruptedException {
        WorkerUnderTest worker = new WorkerUnderTest(RealWorkers.java().command(new WorkerShape(1, false)));
        worker.receive(Message.Hello.class);
        return worker;
    }

    @Test
    void callsRunInTheOrderSent() throws Exception {
        Random random = new Random(5);
        try (WorkerUnderTest worker = start()) {
            long next = 1;
            for (int round = 0; round < 60; round++) {
                long first = next;
                for (int i = random.nextInt(1, 20); i > 0; i--) {
                    // Some calls last long enough for the reading to be taken over.
                    worker.call(next++, "sleep", random.nextInt(10) == 0 ? "[0.004]" : "[0]");
                }
                for (long id = first; id < next; id++) {
                    assertThat(worker.receive(Message.Result.class).id()).isEqualTo(id);
                }
            }
        }
    }

    @Test
    void aRecallTakesBackWhatHasNotStartedWhileACallRuns() throws Exception {
        try (WorkerUnderTest worker = start()) {
            worker.call(1, "sleep", "[1000]");
            worker.call(2, "echo", "[2]");
            worker.call(3, "echo", "[3]");
            worker.call(4, "echo", "[4]");
            worker.send(new Message.Drop(List.of(1L, 2L, 4L, 99L)));
            assertThat(worker.receive(Message.Dropped.class).ids()).containsExactly(2L, 4L);
            worker.send(new Message.Cancel(1));
            assertThat(worker.receive(Message.Error.class).id()).isEqualTo(1);
            assertThat(worker.receive(Message.Result.class).id()).isEqualTo(3);
            worker.send(new Message.Drop(List.of(2L, 3L)));
            assertThat(worker.receive(Message.Dropped.class).ids()).isEmpty();
        }
    }

    @Test
    void everyCallIsEitherTakenBackOrAnsweredNeverBoth() throws Exception {
        Random random = new Random(6);
        try (WorkerUnderTest worker = start()) {
            for (long round = 0; round < 300; round++) {
                long first = round * 10 + 1;
                for (long id = first; id < first + 10; id++) {
                    worker.call(id, "sleep", random.nextInt(6) == 0 ? "[0.002]" : "[0]");
                }
                worker.send(new Message.Drop(
                        LongStream.range(first, first + 10).boxed().toList()));
                List<Long> seen = new ArrayList<>();
                while (seen.size() < 10) {
                    switch (worker.receive()) {
                        case Message.Result result -> seen.add(result.id());
                        case Message.Dropped dropped -> seen.addAll(dropped.ids());
                        case Message other -> throw new AssertionError(other);
                    }
                }
                assertThat(seen).doesNotHaveDuplicates().allMatch(id -> id >= first && id < first + 10);
                if (seen.contains(first + 9)) {
                    worker.call(0, "echo", "[0]");
                    while (!(worker.receive() instanceof Message.Result)) {
                        // An empty answer to the recall may come first.
                    }
                }
            }
        }
    }

    @Test
    void theResultOfACallIsThereBeforeTheNextOneRuns() throws Exception {
        for (int round = 0; round < 5; round++) {
            try (WorkerUnderTest worker = start()) {
                worker.call(1, "echo", "[1]");
                worker.call(2, "sleep", round % 2 == 0 ? "[0]" : "[0.01]");
                worker.call(3, "echo", "[3]");
                worker.call(4, "crash", "[9]");
                worker.call(5, "echo", "[5]");
                for (long id = 1; id <= 3; id++) {
                    assertThat(worker.receive(Message.Result.class).id()).isEqualTo(id);
                }
                assertThat(worker.receiveEnd()).isEqualTo("end");
            }
        }
    }

    @Test
    void aCallThatWaitsIsSeenWhenTheWorkerHasBeenIdleForLong() throws Exception {
        try (WorkerUnderTest worker = start()) {
            for (long id = 1; id < 40; id += 2) {
                // Around the time after which the second thread sleeps until it is woken.
                assertThat(worker.silentFor(10 + id)).isTrue();
                worker.call(id, "sleep", "[1000]");
                worker.send(new Message.Cancel(id));
                assertThat(worker.receive(Message.Error.class).id()).isEqualTo(id);
            }
        }
    }
}
