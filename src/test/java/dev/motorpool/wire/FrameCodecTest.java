package dev.motorpool.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.motorpool.json.RawJson;
import dev.motorpool.wire.FrameCodec.BrokenProtocolException;
import dev.motorpool.wire.FrameCodec.GrowingBuffer;
import dev.motorpool.wire.FrameCodec.Reader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("service")
class FrameCodecTest {

    private static final int LIMIT = 1024 * 1024;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            List<Message> sent = new ArrayList<>();
            GrowingBuffer buffer = new GrowingBuffer();
            for (int i = 0; i < 50; i++) {
                Message message = RandomMessages.next(random);
                sent.add(message);
                FrameCodec.encode(message, buffer);
            }
            Reader reader = new Reader(new Trickle(bytes(buffer), random), LIMIT);
            List<Message> received = new ArrayList<>();
            for (Message message = reader.read(); message != null; message = reader.read()) {
                received.add(message);
            }
            // Compared only now, so that a slice which a later read had overwritten would show.
            assertThat(received).isEqualTo(sent);
        }
    }

    @Test
    void longFramesArriveWholeAndLeaveTheNextOnesAlone() throws IOException {
        GrowingBuffer buffer = new GrowingBuffer();
        List<Message> sent = new ArrayList<>();
        for (int size : new int[] {24_000, 24_576, 24_577, 32_768, 65_536, 500_000, 1_048_000, 3}) {
            sent.add(new Message.Result(size, 1, RawJson.of('"' + "x".repeat(size) + '"')));
            sent.add(new Message.Cancel(size));
        }
        for (Message message : sent) {
            FrameCodec.encode(message, buffer);
        }
        byte[] all = bytes(buffer);
        for (InputStream in : List.of(new ByteArrayInputStream(all), new Trickle(all, new Random(2)))) {
            Reader reader = new Reader(in, LIMIT);
            for (Message message : sent) {
                assertThat(reader.read()).isEqualTo(message);
            }
            assertThat(reader.read()).isNull();
        }
    }

    @Test
    void readyTellsWhetherAWholeFrameIsBuffered() throws IOException {
        byte[] two = bytes(frame("{\"type\":\"stop\"}"), frame("{\"type\":\"stop\"}"));
        Reader whole = new Reader(new ByteArrayInputStream(two), LIMIT);
        assertThat(whole.ready()).isFalse();
        whole.read();
        assertThat(whole.ready()).isTrue();
        whole.read();
        assertThat(whole.ready()).isFalse();

        Reader cut = new Reader(new ByteArrayInputStream(two, 0, two.length - 1), LIMIT);
        cut.read();
        assertThat(cut.ready()).isFalse();
    }

    @Test
    void halfFramesAreBroken() {
        byte[] frame = frame("{\"type\":\"result\",\"id\":1,\"nanos\":2,\"value\":[1,2]}");
        for (int length = 1; length < frame.length; length++) {
            Reader reader = new Reader(new ByteArrayInputStream(frame, 0, length), LIMIT);
            assertThatThrownBy(reader::read)
                    .isInstanceOf(BrokenProtocolException.class)
                    .hasMessageContaining("the stream ended");
        }
        byte[] cut = Arrays.copyOf(frame("{\"type\":\"stop\",\"x\":\"" + "y".repeat(100_000) + "\"}"), 90_000);
        assertBroken(cut, "the stream ended after 89996 bytes of a frame of 100022 bytes");
    }

    @Test
    void lengthsOutsideTheLimitsAreBroken() {
        assertBroken(new byte[] {0, 0, 0, 0}, "a frame of 0 bytes");
        assertBroken(new byte[] {0, 0, 0, 1, '1'}, "a frame of 1 bytes");
        assertBroken(new byte[] {0, 0x10, 0, 1}, "a frame of 1048577 bytes (2 to 1048576 are allowed)");
        assertBroken(new byte[] {-1, -1, -1, -1}, "a frame of 4294967295 bytes");
        assertBroken("Hello, \u001b[1mworld\n".getBytes(StandardCharsets.UTF_8), "begins with Hello, .[1mworld.");
    }

    @Test
    void aClaimedLengthTakesNoMemoryBeforeItsBytesCome() {
        ByteBuffer claim = ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).putInt(0);
        Reader reader = new Reader(new ByteArrayInputStream(claim.array()), Integer.MAX_VALUE);
        assertThatThrownBy(reader::read).hasMessageContaining("the stream ended after 4 bytes");
    }

    @Test
    void randomBytesAreBrokenAndNothingElse() {
        Random random = new Random(3);
        for (int round = 0; round < 20_000; round++) {
            byte[] noise = new byte[random.nextInt(1, 80)];
            random.nextBytes(noise);
            byte[] frame = frame(noise);
            Reader reader = new Reader(new ByteArrayInputStream(frame), LIMIT);
            assertThatThrownBy(reader::read).isInstanceOf(BrokenProtocolException.class);
        }
    }

    @Test
    void aChangedByteNeverDoesWorseThanBreakTheFrame() throws IOException {
        Random random = new Random(4);
        for (int round = 0; round < 50_000; round++) {
            GrowingBuffer buffer = new GrowingBuffer();
            FrameCodec.encode(RandomMessages.next(random), buffer);
            byte[] frame = bytes(buffer);
            frame[random.nextInt(4, frame.length)] = (byte) random.nextInt(256);
            try {
                assertThat(new Reader(new ByteArrayInputStream(frame), LIMIT).read())
                        .isNotNull();
            } catch (BrokenProtocolException broken) {
                assertThat(broken.getMessage()).isNotEmpty().hasSizeLessThan(500);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "17",
                "{}",
                "{]",
                "{\"type\":\"stop\"}{}",
                "{\"type\":\"stop\"}x",
                "{\"type\":\"stop\",}",
                "{\"type\":\"halt\"}",
                "{\"type\":7}",
                "{\"type\":null}",
                "{\"type\":\"stop\",\"type\":\"stop\"}",
                "{\"type\":\"cancel\"}",
                "{\"type\":\"cancel\",\"id\":1,\"id\":2}",
                "{\"type\":\"cancel\",\"id\":null}",
                "{\"type\":\"cancel\",\"id\":\"1\"}",
                "{\"type\":\"cancel\",\"id\":1.0}",
                "{\"type\":\"cancel\",\"id\":-1}",
                "{\"type\":\"cancel\",\"id\":01}",
                "{\"type\":\"cancel\",\"id\":9223372036854775808}",
                "{\"type\":\"cancel\",\"id\":99999999999999999999999}",
                "{\"type\":\"drop\",\"ids\":7}",
                "{\"type\":\"drop\",\"ids\":[1,[2]]}",
                "{\"type\":\"drop\",\"ids\":[1,2.5]}",
                "{\"type\":\"hello\",\"version\":2147483648,\"functions\":[]}",
                "{\"type\":\"hello\",\"version\":1,\"functions\":{}}",
                "{\"type\":\"call\",\"id\":1,\"attempt\":1,\"args\":[]}",
                "{\"type\":\"call\",\"id\":1,\"attempt\":1,\"function\":\"f\",\"args\":{}}",
                "{\"type\":\"call\",\"id\":1,\"attempt\":1,\"function\":\"f\",\"kwargs\":[]}",
                "{\"type\":\"result\",\"id\":1,\"nanos\":1}",
                "{\"type\":\"result\",\"id\":1,\"value\":1}",
                "{\"type\":\"result\",\"id\":1,\"nanos\":1,\"value\":NaN}",
                "{\"type\":\"result\",\"id\":1,\"nanos\":1,\"value\":[1,]}",
                "{\"type\":\"result\",\"id\":1,\"nanos\":1,\"value\":{\"a\":1,\"a\":2}}",
                "{\"type\":\"result\",\"id\":1,\"nanos\":1,\"value\":{\"a\":1,\"\\u0061\":2}}",
                "{\"type\":\"result\",\"id\":1,\"nanos\":1,\"value\":'x'}",
                "{\"type\":\"result\",\"id\":1,\"nanos\":1,\"value\":+1}",
                "{\"type\":\"result\",\"id\":1,\"nanos\":1,\"value\":\"a\nb\"}",
                "{\"type\":\"result\",\"id\":1,\"nanos\":1,\"value\":/**/1}",
                "{\"type\":\"error\",\"id\":1,\"nanos\":1,\"error\":\"oops\",\"message\":\"\"}",
                "{\"type\":\"error\",\"id\":1,\"nanos\":1,\"message\":\"\"}",
                "{\"type\":\"error\",\"id\":1,\"nanos\":1,\"error\":\"function-raised\",\"message\":7}"
            })
    void whatIsNotAMessageIsBroken(String text) {
        assertBroken(frame(text), "");
    }

    @Test
    void nestingHasALimit() throws IOException {
        assertThat(read(result("[".repeat(200) + "]".repeat(200)))).isInstanceOf(Message.Result.class);
        assertBroken(frame(result("[".repeat(201) + "]".repeat(201))), "deeper than 201");
        assertBroken(frame(result("[".repeat(500_000))), "deeper than 20");
        String items = "{\"type\":\"chunk\",\"id\":1,\"attempt\":1,\"function\":\"f\",\"items\":[%s]}";
        assertThat(read(items.formatted("[".repeat(200) + "]".repeat(200)))).isInstanceOf(Message.Chunk.class);
        assertBroken(frame(items.formatted("[".repeat(201) + "]".repeat(201))), "deeper than 202");
        String args = "{\"type\":\"call\",\"id\":1,\"attempt\":1,\"function\":\"f\",\"args\":[%s]}";
        assertThat(read(args.formatted("[".repeat(200) + "]".repeat(200)))).isInstanceOf(Message.Call.class);
        assertBroken(frame(args.formatted("[".repeat(201) + "]".repeat(201))), "deeper than 202");
    }

    @Test
    void invalidUtf8IsBroken() {
        byte[][] wrong = {
            {(byte) 0x80},
            {(byte) 0xc3},
            {(byte) 0xc0, (byte) 0xaf},
            {(byte) 0xe0, (byte) 0x80, (byte) 0xaf},
            {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            {(byte) 0xff}
        };
        for (byte[] bytes : wrong) {
            assertBroken(
                    frame(bytes(utf8("{\"type\":\"result\",\"id\":1,\"nanos\":1,\"value\":\""), bytes, utf8("\"}"))),
                    "");
            assertBroken(frame(bytes(utf8("{\"type\":\"stop\",\"unknown\":\""), bytes, utf8("\"}"))), "");
        }
        assertBroken(frame("{\"type\":\"stop\"}".getBytes(StandardCharsets.UTF_16LE)), "");
        assertBroken(frame(bytes(new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf}, utf8("{\"type\":\"stop\"}"))), "");
    }

    @Test
    void unknownMembersAreSkippedAndOrderDoesNotMatter() throws IOException {
        assertThat(read("{\"x\":[{}],\"nanos\":5,\"value\": {\"a\" : 1} ,\"id\":4,\"y\":null,\"type\":\"result\" }"))
                .isEqualTo(new Message.Result(4, 5, RawJson.of("{\"a\" : 1}")));
        assertThat(read("{\"type\":\"call\",\"id\":1,\"attempt\":2,\"function\":\"f\"}"))
                .isEqualTo(new Message.Call(1, 2, "f", RawJson.EMPTY_ARRAY, RawJson.EMPTY_OBJECT, false));
        assertThat(read("{\"type\":\"error\",\"id\":1,\"nanos\":2,\"error\":\"value-too-large\"}"))
                .isEqualTo(new Message.Error(1, 0, 2, "value-too-large", null, "", null));
    }

    @Test
    void outputIsWantedOnlyWhereItIsAskedFor() throws IOException {
        RawJson none = RawJson.EMPTY_ARRAY;
        assertThat(read("{\"type\":\"call\",\"id\":1,\"attempt\":1,\"function\":\"f\",\"output\":true}"))
                .isEqualTo(new Message.Call(1, 1, "f", none, RawJson.EMPTY_OBJECT, true));
        assertThat(read("{\"type\":\"call\",\"id\":1,\"attempt\":1,\"function\":\"f\",\"output\":false}"))
                .isEqualTo(new Message.Call(1, 1, "f", none, RawJson.EMPTY_OBJECT, false));
        assertBroken(
                frame("{\"type\":\"call\",\"id\":1,\"attempt\":1,\"function\":\"f\",\"output\":1}"), "true or false");
    }

    @Test
    void whatWasPrintedIsCutByTheReader() throws IOException {
        String text = "x".repeat(70_000);
        assertThat(read("{\"type\":\"output\",\"id\":1,\"text\":\"" + text + "\"}"))
                .isEqualTo(new Message.Output(1, text.substring(0, 65_536)));
        assertBroken(frame("{\"type\":\"output\",\"id\":1}"), "'text'");
        assertBroken(frame("{\"type\":\"output\",\"id\":1,\"text\":null}"), "must be a string");
    }

    @Test
    void numbersKeepTheirDigits() throws IOException {
        for (String number : List.of("1.0", "-0", "1e999999999", "1" + "0".repeat(4095), "0.1e-7", "12.50")) {
            assertThat(read(result(number))).isEqualTo(new Message.Result(1, 1, RawJson.of(number)));
        }
    }

    @Test
    void textThatNoUtf8CanHoldIsWrittenWithQuestionMarks() throws IOException {
        GrowingBuffer buffer = new GrowingBuffer();
        FrameCodec.encode(new Message.Progress(1, 2, 3, "a\ud800b\"\\\n\u0000\u007f\u20ac\ud83d\ude00"), buffer);
        assertThat(new Reader(new ByteArrayInputStream(bytes(buffer)), LIMIT).read())
                .isEqualTo(new Message.Progress(1, 2, 3, "a?b\"\\\n\u0000\u007f\u20ac\ud83d\ude00"));
    }

    private static String result(String value) {
        return "{\"type\":\"result\",\"id\":1,\"nanos\":1,\"value\":" + value + "}";
    }

    private static Message read(String text) throws IOException {
        return requireNonNull(new Reader(new ByteArrayInputStream(frame(text)), LIMIT).read());
    }

    private static void assertBroken(byte[] stream, String message) {
        Reader reader = new Reader(new ByteArrayInputStream(stream), LIMIT);
        assertThatThrownBy(reader::read)
                .isInstanceOf(BrokenProtocolException.class)
                .hasMessageContaining(message);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] frame(String text) {
        return frame(utf8(text));
    }

    private static byte[] frame(byte[] payload) {
        return ByteBuffer.allocate(4 + payload.length)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    private static byte[] bytes(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] bytes(GrowingBuffer buffer) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        buffer.drainTo(all);
        assertThat(buffer.size()).isZero();
        return all.toByteArray();
    }

    /** Gives its bytes out in pieces of random size, as a pipe may. */
    private static final class Trickle extends ByteArrayInputStream {
        private final Random random;

        Trickle(byte[] bytes, Random random) {
            super(bytes);
            this.random = random;
        }

        @Override
        public synchronized int read(byte[] target, int offset, int length) {
            int most = random.nextInt(4) == 0 ? 3 : 9000;
            return super.read(target, offset, Math.min(length, random.nextInt(1, most)));
        }
    }
}
