package dev.motorpool.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Frames: 4 bytes of big-endian length, then JSON. Stub: follows. */
public final class FrameCodec {

    public static final int VERSION = 1;

    /** Appends the frame of a message to a buffer that is written out at once. */
    public static void encode(Message message, GrowingBuffer buffer) {
        throw new UnsupportedOperationException();
    }

    /** Reads frames from a stream through one buffer; not thread-safe. */
    public static final class Reader {
        public Reader(InputStream in, int frameLimit) {
            throw new UnsupportedOperationException();
        }

        /**
         * The next message; null at the end of the stream between two frames.
         *
         * @throws BrokenProtocolException half a frame, a frame over the limit, or one that is not a message
         */
        public @Nullable Message read() throws IOException {
            throw new UnsupportedOperationException();
        }

        /** Whether a whole frame is buffered, so that {@link #read} will not block. */
        public boolean ready() throws IOException {
            throw new UnsupportedOperationException();
        }
    }

    /** A byte buffer that grows and can be written out in one system call. */
    public static final class GrowingBuffer {
        public int size() {
            throw new UnsupportedOperationException();
        }

        /** Writes all of it in one call and empties it, giving memory back above 64 KiB. */
        public void drainTo(OutputStream out) throws IOException {
            throw new UnsupportedOperationException();
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
