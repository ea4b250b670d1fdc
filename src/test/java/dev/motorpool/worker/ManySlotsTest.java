package dev.motorpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.function.builtin.Builtins;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A worker of many slots that gets no thread for a call. */
class ManySlotsTest {

    private static final int LIMIT = 1 << 20;

    /** What it would end the process for, without ending it. */
    private static final class Noted extends ProcessExit {
        private final List<String> faults = new ArrayList<>();

        @Override
        void withoutOrders(@Nullable Message instead) {
            throw new IllegalStateException("no more orders");
        }

        @Override
        void broken(IOException fault) {
            faults.add(fault.getMessage());
        }
    }

    private final List<Message.Report> written = new ArrayList<>();
    private final Noted ending = new Noted();

    private void work(Executor threads, Message... orders) throws IOException {
        FrameCodec.GrowingBuffer frames = new FrameCodec.GrowingBuffer();
        for (Message order : orders) {
            FrameCodec.encode(order, frames);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        frames.drainTo(bytes);
        Reports reports = new Reports() {
            @Override
            public void write(Message.Report report) {
                written.add(report);
            }

            @Override
            public void writeThrough(Message.Report report) {
                assertThat(report).isInstanceOf(Message.Accepted.class);
            }
        };
        FrameCodec.Reader reader = new FrameCodec.Reader(new ByteArrayInputStream(bytes.toByteArray()), LIMIT);
        new ManySlots(
                        reader,
                        new Acceptance(reader, reports, null),
                        reports,
                        new MethodCalls(Builtins.functions(false), LIMIT),
                        new OutputRouter(reports),
                        ending,
                        threads)
                .work();
    }

    private static Message.Call echo(long id) {
        return new Message.Call(id, 1, "echo", RawJson.of("[" + id + "]"), RawJson.EMPTY_OBJECT, false);
    }

    @Test
    void whatGetsNoThreadFailsAloneAndTheOthersGoOn() throws IOException {
        int[] asked = {0};
        Executor threads = task -> {
            int now = ++asked[0];
            if (now == 2 || now == 3) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            task.run();
        };
        JsonSlices items = JsonSlices.elements(RawJson.of("[1,2]"));
        work(threads, echo(1), echo(2), new Message.Chunk(3, 1, "echo", false, items, false), echo(4));

        assertThat(written)
                .filteredOn(report -> !(report instanceof Message.Accepted))
                .extracting(report -> report
                                instanceof
                                Message.Error(
                                        long id,
                                        int index,
                                        var nanos,
                                        var type,
                                        var exception,
                                        var message,
                                        var trace,
                                        var exitCode,
                                        var signal)
                        ? id + "." + index + " " + exception + ": " + message
                        : report instanceof Message.Result(long id, var nanos, var value) ? id + " " + value : "?")
                .containsExactly(
                        "1 1",
                        "2.0 java.lang.OutOfMemoryError: unable to create native thread",
                        "3.0 java.lang.OutOfMemoryError: unable to create native thread",
                        "3.1 java.lang.OutOfMemoryError: unable to create native thread",
                        "4 4");
        assertThat(ending.faults)
                .containsExactly("no orders can be read any more: java.lang.IllegalStateException: no more orders");
    }
}
