package dev.motorpool.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.wire.Message;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CallOutputTest {

    private final List<Message.Output> written = new CopyOnWriteArrayList<>();

    private final Reports reports = new Reports() {
        @Override
        public void write(Message.Report report) {
            written.add((Message.Output) report);
        }

        @Override
        public void writeThrough(Message.Report report) {
            write(report);
        }
    };

    private final PrintRoutes routes = new PrintRoutes(reports);
    private final CallOutput output = routes.open(7);

    private String text() {
        return written.stream().map(Message.Output::text).collect(Collectors.joining());
    }

    private void print(byte[] bytes) {
        assertThat(output.write(bytes, 0, bytes.length)).isTrue();
    }

    @Test
    void whateverItsPiecesTheTextIsThatOfAllBytes() {
        Random random = new Random(11);
        byte[][] parts = {
            "plain ".getBytes(UTF_8),
            "\u00e9\u20ac\ud83d\ude00".getBytes(UTF_8),
            {(byte) 0xff},
            {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80},
            {(byte) 0xe2, (byte) 0x82},
            {(byte) 0xf0, (byte) 0x9f, (byte) 0x98},
            {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            {(byte) 0xc3},
            {0, '\n', 0x7f}
        };
        for (int round = 0; round < 2_000; round++) {
            written.clear();
            CallOutput each = routes.open(round);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = random.nextInt(40); i > 0; i--) {
                all.writeBytes(parts[random.nextInt(parts.length)]);
            }
            byte[] bytes = all.toByteArray();
            int at = 0;
            while (at < bytes.length) {
                int count = Math.min(bytes.length - at, 1 + random.nextInt(6));
                assertThat(each.write(bytes, at, count)).isTrue();
                at += count;
                if (random.nextInt(3) == 0) {
                    each.tick();
                }
            }
            each.close();
            assertThat(text()).isEqualTo(new String(bytes, UTF_8));
        }
    }

    @Test
    void ofTooMuchTheEndIsKept() {
        print("first".getBytes(UTF_8));
        byte[] euros = "\u20ac".repeat(1000).getBytes(UTF_8);
        for (int i = 0; i < 1000; i++) {
            print(euros);
        }
        print("last".getBytes(UTF_8));
        output.close();
        assertThat(text()).startsWith("first").endsWith("\u20aclast").doesNotContain("\ufffd");
        assertThat(written).allMatch(report -> report.text().getBytes(UTF_8).length <= 8 * 1024 && report.id() == 7);
        assertThatNothingMoreIsTaken();
    }

    /** One write of more than is kept. */
    @Test
    void ofOneTooLargeWriteTheEndIsKept() {
        print("\u20ac".repeat(100_000).getBytes(UTF_8));
        output.close();
        assertThat(text()).isEqualTo("\u20ac".repeat(CallOutput.KEPT / 3));
    }

    private void assertThatNothingMoreIsTaken() {
        assertThat(output.write(new byte[] {'x'}, 0, 1))
                .as("a print after the end is taken")
                .isFalse();
        output.flush();
        output.tick();
        assertThat(text()).doesNotContain("x");
    }

    @Test
    void whatIsPrintedLastIsSentThoughNothingIsPrintedAfterIt() {
        print("a".getBytes(UTF_8));
        assertThat(text()).isEqualTo("a");
        for (int i = 0; i < 20; i++) {
            String before = text();
            print("b".getBytes(UTF_8));
            print("c".getBytes(UTF_8));
            Eventually.within(Duration.ofSeconds(10), () -> assertThat(text()).isEqualTo(before + "bc"));
        }
    }

    @Test
    void manyPrintsAreFewReports() {
        long begin = System.nanoTime();
        for (int i = 0; i < 200_000; i++) {
            print("line\n".getBytes(UTF_8));
        }
        output.close();
        long slices = (System.nanoTime() - begin) / 10_000_000 + 2;
        assertThat(written.size()).isLessThanOrEqualTo((int) (2 * slices * (CallOutput.KEPT / (8 * 1024) + 1)));
        assertThat(text()).endsWith("line\n".repeat(CallOutput.KEPT / 5));
    }
}
