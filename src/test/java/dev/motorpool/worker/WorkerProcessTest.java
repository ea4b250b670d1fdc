package dev.motorpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.runtime.WorkerShape;
import dev.motorpool.runtime.WorkerUnderTest;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.RealWorkers;
import dev.motorpool.testing.Zombies;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of workers of every shape of slots. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class WorkerProcessTest {

    enum Slots {
        ONE(1, false),
        THREADS(8, false),
        COROUTINES(1000, true);

        private final int count;
        private final boolean virtual;

        Slots(int count, boolean virtual) {
            this.count = count;
            this.virtual = virtual;
        }

        WorkerUnderTest start() throws IOException, InterruptedException {
            WorkerUnderTest worker = new WorkerUnderTest(RealWorkers.java().command(new WorkerShape(count, virtual)));
            worker.receive(Message.Hello.class);
            return worker;
        }
    }

    @ParameterizedTest
    @EnumSource
    void valuesComeBackAsTheyAre(Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            for (String value :
                    List.of("1.50", "{\"a\":[1,{\"b\":null}]}", "\"\u20ac\"", "123456789012345678901234567890")) {
                worker.call(1, "echo", "[" + value + "]");
                assertThat(worker.receive(Message.Result.class).value()).isEqualTo(RawJson.of(value));
            }
            String large = '"' + "x".repeat(16 * 1024 * 1024 - 2) + '"';
            worker.call(2, "echo", "[" + large + "]");
            assertThat(worker.receive(Message.Result.class).value()).isEqualTo(RawJson.of(large));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAFunctionThrowsIsTold(Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            worker.call(1, "raise", "[\"oh no\"]");
            Message.Error error = worker.receive(Message.Error.class);
            assertThat(error.id()).isEqualTo(1);
            assertThat(error.type()).isEqualTo("function-raised");
            assertThat(error.exception()).isEqualTo("java.lang.IllegalStateException");
            assertThat(error.message()).isEqualTo("oh no");
            assertThat(error.traceback())
                    .matches("java.lang.IllegalStateException: oh no\n\tat [^\n]*Misbehaving.raise\\([^\n]*\\)\n");
            worker.call(2, "fib", "[-1]");
            assertThat(worker.receive(Message.Error.class).message()).contains("between 0 and 92");
            worker.call(3, "nobody_knows", "[]");
            assertThat(worker.receive(Message.Error.class).type()).isEqualTo("unknown-function");
        }
    }

    @ParameterizedTest
    @EnumSource
    void valuesThatCannotBeSentAreTold(Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            worker.call(1, "not_json", "[]");
            assertThat(worker.receive(Message.Error.class).type()).isEqualTo("value-not-json");
            worker.call(2, "too_large", "[]");
            assertThat(worker.receive(Message.Error.class).type()).isEqualTo("value-too-large");
            worker.call(3, "echo", "[1]");
            assertThat(worker.receive(Message.Result.class).id()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatFunctionsPrintDoesNotReachTheProtocol(Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            worker.call(1, "flood", "[2]");
            assertThat(worker.receive(Message.Result.class).id()).isEqualTo(1);
            worker.closeOrders();
            assertThat(worker.receiveEnd()).isEqualTo("end");
            assertThat(worker.words().length()).isGreaterThan(2 * 2 * 1024 * 1024 - 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void acancelledCallIsInterruptedAndNoOther(Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            for (long id = 1; id < 200; id += 2) {
                worker.call(id, "sleep", "[1000]");
                worker.send(new Message.Cancel(id), new Message.Cancel(id), new Message.Cancel(id + 7));
                assertThat(worker.receive(Message.Error.class).exception()).isEqualTo("java.lang.InterruptedException");
                worker.call(id + 1, "sleep", "[0]");
                assertThat(worker.receive(Message.Result.class).id()).isEqualTo(id + 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void acancellationThatComesWhenItsCallEndsHitsNothingElse(Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            long unharmed = 0;
            for (long id = 1; id <= 1000; id++) {
                worker.call(id, "sleep", id % 2 == 0 ? "[0.003]" : "[0]");
                if (id % 2 == 1) {
                    worker.send(new Message.Cancel(id));
                }
                switch (worker.receive()) {
                    case Message.Result result -> unharmed += result.id() % 2 == 0 ? 1 : 0;
                    case Message.Error error -> assertThat(error.id() % 2).isOne();
                    case Message other -> throw new AssertionError(other);
                }
            }
            assertThat(unharmed).isEqualTo(500);
        }
    }

    @ParameterizedTest
    @EnumSource
    void itEndsAtTheEndOfItsOrdersWhateverRuns(Slots slots) throws Exception {
        for (String spin : List.of("false", "true")) {
            try (WorkerUnderTest worker = slots.start()) {
                worker.call(0, "spawn_child", "[true]");
                long daemon = Long.parseLong(
                        worker.receive(Message.Result.class).value().toString());
                assertThat(ProcessHandle.of(daemon)).isPresent();
                worker.call(1, "spawn_child", "[]");
                long child = Long.parseLong(
                        worker.receive(Message.Result.class).value().toString());
                assertThat(ProcessHandle.of(child)).isPresent();
                worker.call(2, "hang", "[" + spin + "]");
                worker.call(3, "hang", "[" + spin + "]");
                worker.closeOrders();
                assertThat(worker.process().waitFor(1, TimeUnit.SECONDS)).isTrue();
                assertThat(worker.process().exitValue()).isZero();
                assertThat(worker.receiveEnd()).isEqualTo("end");
                Eventually.within(Duration.ofSeconds(1), () -> assertThat(Stream.of(child, daemon)
                                .flatMap(pid -> ProcessHandle.of(pid).stream())
                                .filter(Zombies::runs))
                        .isEmpty());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExitIsAnnouncedAndASignalIsNot(Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            worker.call(1, "exit", "[137]");
            worker.receive(Message.Leaving.class);
            assertThat(worker.receiveEnd()).isEqualTo("end");
            assertThat(worker.awaitExit()).isEqualTo(137);
        }
        for (int signal : new int[] {9, 15}) {
            try (WorkerUnderTest worker = slots.start()) {
                worker.call(1, "crash", "[" + signal + "]");
                assertThat(worker.receiveEnd()).isEqualTo("end");
                assertThat(worker.awaitExit()).isEqualTo(128 + signal);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKilledWorkerLeavesNoSocketOfItsDebugger(Slots slots) throws Exception {
        Instant before = Instant.now().minusSeconds(1);
        try (WorkerUnderTest worker = slots.start()) {
            worker.process().destroyForcibly().waitFor();
            Path socket = Path.of("/tmp/.java_pid" + worker.process().pid());
            // Another program's process of that number may have left one long ago.
            if (Files.exists(socket)) {
                assertThat(Files.getLastModifiedTime(socket).toInstant()).isBefore(before);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aworkerWithoutMemoryEndsWithCode3(Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            worker.call(1, "allocate", "[]");
            assertThat(worker.receiveEnd()).isEqualTo("end");
            assertThat(worker.awaitExit()).isEqualTo(3);
            assertThat(worker.words()).contains("OutOfMemoryError");
        }
    }

    @ParameterizedTest
    @EnumSource
    void stopFinishesTheCallsThatWereSentBefore(Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            worker.call(1, "sleep", "[0.2]");
            worker.call(2, "echo", "[2]");
            worker.send(new Message.Stop());
            assertThat(worker.receive(Message.Result.class).id()
                            + worker.receive(Message.Result.class).id())
                    .isEqualTo(3);
            worker.receive(Message.Leaving.class);
            assertThat(worker.receiveEnd()).isEqualTo("end");
            assertThat(worker.awaitExit()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "\0\0\0\u0002{}", "\0\0\0\u0012{\"type\":\"leaving\"}"})
    void whatIsNoOrderEndsIt(String bytes) throws Exception {
        for (Slots slots : Slots.values()) {
            try (WorkerUnderTest worker = slots.start()) {
                worker.process().getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
                worker.process().getOutputStream().flush();
                worker.receive(Message.Leaving.class);
                assertThat(worker.awaitExit()).isEqualTo(76);
                assertThat(worker.words()).startsWith("motorpool worker: ");
            }
        }
    }
}
