package dev.motorpool.wire;

import dev.motorpool.json.RawJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Frames: 4 bytes of big-endian length, then one JSON object. Both sides of a worker's pipes use it. */
public final class FrameCodec {

    /** The version of the protocol that this codec speaks; {@link Message.Hello} carries it. */
    public static final int VERSION = 2;

    /** What a frame may be longer than the largest body or value that it carries. */
    public static final int FRAME_OVERHEAD = 64 * 1024;

    static final int HEADER = 4;

    /** Appends the frame of a message to a buffer that is written out at once. */
    public static void encode(Message message, GrowingBuffer buffer) {
        int start = buffer.size();
        buffer.skip(HEADER);
        MessageWriter.write(message, buffer);
        buffer.putInt(start, buffer.size() - start - HEADER);
    }

    /** Reads frames from a stream through one buffer; not thread-safe, but may be handed from thread to thread. */
    public static final class Reader {

        /** FileInputStream copies reads of up to this size through its stack, larger ones through fresh memory. */
        private static final int READ_SIZE = 8 * 1024;

        /** A frame that is longer does not go through the buffer but gets an array of its own. */
        private static final int BUFFERED_FRAME = 24 * 1024;

        /** A long frame's array starts at most this big, and grows as bytes really come. */
        private static final int FIRST_PIECE = 1024 * 1024;

        private static final int PIPE_SIZE = 64 * 1024;

        private final InputStream in;
        private final int frameLimit;
        private final byte[] buffer = new byte[BUFFERED_FRAME + READ_SIZE];
        private int start;
        private int end;
        private long read;

        /** Reads from {@code in}, which needs no buffer of its own, frames of up to {@code frameLimit} bytes. */
        public Reader(InputStream in, int frameLimit) {
            this.in = in;
            this.frameLimit = frameLimit;
        }

        /**
         * The next message; null at the end of the stream between two frames. It stays valid for ever.
         *
         * @throws BrokenProtocolException half a frame, a frame over the limit, or one that is not a message
         */
        public @Nullable Message read() throws IOException {
            while (end - start < HEADER) {
                if (!fill()) {
                    if (start == end) {
                        return null;
                    }
                    throw new BrokenProtocolException("the stream ended within a frame's length");
                }
            }
            int length = length(start);
            if (length < 2 || length > frameLimit) {
                throw new BrokenProtocolException(wrongLength(length));
            }
            read++;
            if (length > BUFFERED_FRAME - HEADER) {
                return MessageParser.parse(RawJson.of(longFrame(length)), true);
            }
            while (end - start < HEADER + length) {
                if (!fill()) {
                    throw endWithinFrame(end - start - HEADER, length);
                }
            }
            int frame = start + HEADER;
            start = frame + length;
            return MessageParser.parse(new RawJson(buffer, frame, length), false);
        }

        /** Whether a whole frame is buffered, so that {@link #read} will not block. */
        public boolean ready() {
            if (end - start < HEADER) {
                return false;
            }
            int length = length(start);
            return length < 2 || length > frameLimit || end - start >= HEADER + length;
        }

        /** How many messages {@link #read} has returned. */
        public long count() {
            return read;
        }

        /** How many messages {@link #read} has returned, or will without taking more of the stream. */
        public long received() {
            long count = read;
            int at = start;
            while (end - at >= HEADER) {
                int length = length(at);
                if (length < 2 || end - at - HEADER < length) {
                    break;
                }
                at += HEADER + length;
                count++;
            }
            return count;
        }

        /** Takes what the stream has, at least a byte; false at its end. */
        private boolean fill() throws IOException {
            if (start == end) {
                start = 0;
                end = 0;
            } else if (buffer.length - end < READ_SIZE) {
                System.arraycopy(buffer, start, buffer, 0, end - start);
                end -= start;
                start = 0;
            }
            int count = in.read(buffer, end, READ_SIZE);
            if (count < 0) {
                return false;
            }
            end += count;
            return true;
        }

        private byte[] longFrame(int length) throws IOException {
            start += HEADER;
            int filled = Math.min(end - start, length);
            byte[] frame = new byte[Math.min(length, FIRST_PIECE)];
            System.arraycopy(buffer, start, frame, 0, filled);
            start += filled;
            while (filled < length) {
                if (filled == frame.length) {
                    frame = Arrays.copyOf(frame, (int) Math.min(length, 2L * frame.length));
                }
                int count = in.read(frame, filled, Math.min(frame.length - filled, PIPE_SIZE));
                if (count < 0) {
                    throw endWithinFrame(filled, length);
                }
                filled += count;
            }
            return frame;
        }

        private int length(int at) {
            return (buffer[at] & 0xff) << 24
                    | (buffer[at + 1] & 0xff) << 16
                    | (buffer[at + 2] & 0xff) << 8
                    | (buffer[at + 3] & 0xff);
        }

        /** Text that got onto the pipe shows in the message, as that is how it usually goes wrong. */
        private String wrongLength(int length) {
            return "a frame of " + Integer.toUnsignedString(length) + " bytes (2 to " + frameLimit
                    + " are allowed), which begins with " + Excerpt.of(buffer, start, end - start);
        }

        private static BrokenProtocolException endWithinFrame(int filled, int length) {
            return new BrokenProtocolException(
                    "the stream ended after " + filled + " bytes of a frame of " + length + " bytes");
        }
    }

    /** A byte buffer that grows and can be written out in one system call; not thread-safe. */
    public static final class GrowingBuffer extends OutputStream {

        private static final int KEPT = 64 * 1024;
        private static final int FIRST = 1024;

        private byte[] bytes = new byte[FIRST];
        private int size;

        public int size() {
            return size;
        }

        /** Writes all of it in one call and empties it, giving memory back above 64 KiB. */
        public void drainTo(OutputStream out) throws IOException {
            out.write(bytes, 0, size);
            clear();
        }

        /** Forgets what was not written. */
        public void clear() {
            size = 0;
            if (bytes.length > KEPT) {
                bytes = new byte[FIRST];
            }
        }

        @Override
        public void write(int value) {
            room(1);
            bytes[size++] = (byte) value;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            room(length);
            System.arraycopy(source, offset, bytes, size, length);
            size += length;
        }

        @Override
        public void write(byte[] source) {
            write(source, 0, source.length);
        }

        void skip(int count) {
            room(count);
            size += count;
        }

        void putInt(int index, int value) {
            bytes[index] = (byte) (value >>> 24);
            bytes[index + 1] = (byte) (value >>> 16);
            bytes[index + 2] = (byte) (value >>> 8);
            bytes[index + 3] = (byte) value;
        }

        /** Makes room for {@code count} more bytes. */
        private void room(int count) {
            if (bytes.length - size < count) {
                long wanted = Math.max((long) size + count, 2L * bytes.length);
                bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
            }
        }
    }

    /** The other side does not speak the protocol; the message says how. */
    public static final class BrokenProtocolException extends IOException {
        private static final long serialVersionUID = 1L;

        public BrokenProtocolException(String message) {
            super(message);
        }
    }

    private FrameCodec() {}
}
