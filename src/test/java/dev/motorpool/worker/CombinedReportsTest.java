package dev.motorpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CombinedReportsTest {

    /** A pipe that takes nothing until it is opened. */
    private static final class Gate extends OutputStream {
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int writes;

        @Override
        public void write(int b) {
            throw new AssertionError("bytes are never written one by one");
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            reached.countDown();
            try {
                open.await();
            } catch (InterruptedException stop) {
                throw new AssertionError(stop);
            }
            bytes.write(source, offset, length);
            writes++;
        }

        List<Long> results() throws IOException {
            FrameCodec.Reader reader = new FrameCodec.Reader(new ByteArrayInputStream(bytes.toByteArray()), 1 << 24);
            List<Long> ids = new ArrayList<>();
            for (Message message = reader.read(); message != null; message = reader.read()) {
                if (message instanceof Message.Result result) {
                    ids.add(result.id());
                }
            }
            return ids;
        }
    }

    private static Message.Result result(long id) {
        return new Message.Result(id, 1, RawJson.NULL);
    }

    @Test
    void reportsThatComeDuringAWriteGoOutTogether() throws Exception {
        Gate gate = new Gate();
        CombinedReports reports = new CombinedReports(gate, new ProcessExit());
        Thread first = Thread.ofPlatform().start(() -> reports.write(result(0)));
        gate.reached.await();
        for (long id = 1; id <= 100; id++) {
            reports.write(result(id));
        }
        gate.open.countDown();
        first.join();
        assertThat(gate.results()).hasSize(101).isSorted();
        assertThat(gate.writes).isEqualTo(2);
    }

    @Test
    void theLastReportIsOutWhenItsWriterReturns() throws Exception {
        Gate gate = new Gate();
        CombinedReports reports = new CombinedReports(gate, new ProcessExit());
        Thread first = Thread.ofPlatform().start(() -> reports.write(result(0)));
        gate.reached.await();
        Thread last = Thread.ofPlatform().start(() -> reports.writeThrough(result(1)));
        last.join(50);
        assertThat(last.isAlive()).isTrue();
        gate.open.countDown();
        last.join();
        first.join();
        assertThat(gate.results()).containsExactly(0L, 1L);
    }

    @Test
    void manyThreadsLoseNothingAndWhatWaitsIsBounded() throws Exception {
        Gate gate = new Gate();
        CombinedReports reports = new CombinedReports(gate, new ProcessExit());
        RawJson large = RawJson.of('"' + "x".repeat(1 << 20) + '"');
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long first = i * 1000L;
            threads.add(Thread.ofVirtual().start(() -> {
                reports.write(new Message.Result(first, 1, large));
                for (long id = first + 1; id < first + 1000; id++) {
                    reports.write(result(id));
                }
            }));
        }
        gate.reached.await();
        gate.open.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        reports.writeThrough(result(20_000));
        assertThat(gate.results()).hasSize(20_001).doesNotHaveDuplicates().endsWith(20_000L);
    }
}
