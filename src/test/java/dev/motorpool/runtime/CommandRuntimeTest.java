package dev.motorpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandRuntimeTest {

    private static final WorkerShape ONE = new WorkerShape(1, false);

    private static WorkerUnderTest start(String mode) throws Exception {
        return new WorkerUnderTest(new CommandRuntime(BadWorker.command(mode), 1 << 20).command(ONE));
    }

    @Test
    void aWorkerOfAnotherProgramSpeaksTheProtocol() throws Exception {
        try (WorkerUnderTest worker = start("good")) {
            assertThat(worker.receive(Message.Hello.class))
                    .isEqualTo(new Message.Hello(FrameCodec.VERSION, RawJson.EMPTY_ARRAY));
            worker.call(5, "anything", "[]");
            assertThat(worker.receive()).isEqualTo(new Message.Result(5, 1000, RawJson.of("1")));
            worker.send(new Message.Stop());
            assertThat(worker.receiveEnd()).isEqualTo("end");
            assertThat(worker.awaitExit()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "garbage, a frame of 1784772193 bytes",
        "not-json, is not JSON",
        "not-utf8, not valid UTF-8",
        "duplicate-member, twice",
        "unknown-type, a message of unknown type",
        "too-long, a frame of 2147483647 bytes",
        "zero-length, a frame of 0 bytes",
        "half-frame, the stream ended after"
    })
    void whatIsWrongWithAFrameIsSaid(String mode, String message) throws Exception {
        try (WorkerUnderTest worker = start(mode)) {
            worker.receive(Message.Hello.class);
            worker.call(5, "anything", "[]");
            assertThat(worker.receiveEnd()).contains(message);
        }
    }

    @Test
    void whatAWorkerPrintsAtItsStartIsHeard() throws Exception {
        try (WorkerUnderTest worker = start("exits-at-start")) {
            assertThat(worker.receiveEnd()).isEqualTo("end");
            assertThat(worker.awaitExit()).isEqualTo(3);
            assertThat(worker.words()).isEqualTo("no licence found\n");
        }
    }
}
