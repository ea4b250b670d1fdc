package dev.motorpool.conform;

import dev.motorpool.json.JsonWriter;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames as bytes, also such as no service sends. */
final class Frames {

    static final int HEADER = 4;

    private Frames() {}

    /** The frame of a message. */
    static byte[] of(String json) {
        byte[] message = json.getBytes(StandardCharsets.UTF_8);
        return withLength(message.length, message);
    }

    /** A frame that says another length than it has. */
    static byte[] withLength(int length, byte[] message) {
        return ByteBuffer.allocate(HEADER + message.length)
                .putInt(length)
                .put(message)
                .array();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** The JSON of a message. */
    static String json(Message message) {
        FrameCodec.GrowingBuffer buffer = new FrameCodec.GrowingBuffer();
        FrameCodec.encode(message, buffer);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            buffer.drainTo(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toString(StandardCharsets.UTF_8).substring(HEADER);
    }

    /** A JSON string. */
    static String quoted(String text) {
        return new JsonWriter().value(text).toRawJson().toString();
    }
}
