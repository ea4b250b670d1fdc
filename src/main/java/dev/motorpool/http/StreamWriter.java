package dev.motorpool.http;

import dev.motorpool.job.ItemStream;
import dev.motorpool.job.JobError;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Writes the lines of a stream, as lines or as events: gathers many into one write, and sends them on as soon as nothing
 * more is ready.
 */
final class StreamWriter implements ItemStream.Lines {

    private static final int FULL = 32 << 10;
    private static final int LARGE = 8 << 10;
    private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final byte[] LINE = ByteText.ascii("{\"index\":");
    private static final byte[] EVENT = ByteText.ascii("event: item\nid: ");
    private static final byte[] DATA = ByteText.ascii("\ndata: ");
    private static final byte[] END_EVENT = ByteText.ascii("event: end\nid: ");
    private static final byte[] VALUE = ByteText.ascii(",\"value\":");
    private static final byte[] ERROR = ByteText.ascii(",\"error\":");
    private static final byte[] PING = ByteText.ascii(": ping\n\n");

    private final ItemStream stream;
    private final OutputStream out;
    private final boolean events;
    private final ByteText text = new ByteText(FULL + 2 * LARGE);
    private long pinged = System.nanoTime();

    StreamWriter(ItemStream stream, OutputStream out, boolean events) {
        this.stream = stream;
        this.out = out;
        this.events = events;
    }

    @Override
    public void value(long index, byte[] bytes, int from, int end) throws IOException {
        begin(index);
        text.put(VALUE);
        if (hasBreak(bytes, from, end)) {
            putWithoutBreaks(bytes, from, end);
        } else if (end - from > LARGE) {
            write();
            out.write(bytes, from, end - from);
        } else {
            text.put(bytes, from, end - from);
        }
        finish();
    }

    @Override
    public void error(long index, JobError error) throws IOException {
        begin(index);
        text.put(ERROR);
        JsonWriter json = new JsonWriter();
        JsonParts.error(json, error);
        put(json);
        finish();
    }

    private void begin(long index) {
        if (events) {
            text.put(EVENT).put(index).put(DATA);
        }
        text.put(LINE).put(index);
    }

    private void finish() throws IOException {
        text.put('}').put('\n');
        if (events) {
            text.put('\n');
        }
        if (text.length() >= FULL) {
            write();
            stream.answered();
        }
    }

    private void put(JsonWriter json) {
        RawJson written = json.toRawJson();
        text.put(written.bytes(), written.offset(), written.length());
    }

    /** The last line. */
    void end(ItemStream.End end) throws IOException {
        if (events) {
            text.put(END_EVENT).put(end.count()).put(DATA);
        }
        JsonWriter json = new JsonWriter();
        json.beginObject().name("end").value(true);
        json.name("count").value(end.count());
        json.name("failed").value(end.failed());
        JobError error = end.error();
        if (error != null) {
            JsonParts.error(json.name("error"), error);
        }
        json.endObject();
        put(json);
        text.put('\n');
        if (events) {
            text.put('\n');
        }
        flush();
    }

    /** Sends what has been gathered; events also a sign of life now and then. */
    void flush() throws IOException {
        if (events && System.nanoTime() - pinged >= PING_NANOS) {
            pinged = System.nanoTime();
            text.put(PING);
        }
        if (text.length() > 0) {
            write();
            out.flush();
        }
    }

    private void write() throws IOException {
        ByteBuffer gathered = text.buffer();
        out.write(gathered.array(), gathered.arrayOffset(), gathered.remaining());
        text.clear();
    }

    /** A line break in JSON can only be white space between its parts: strings have them escaped. */
    private static boolean hasBreak(byte[] bytes, int from, int end) {
        for (int at = from; at < end; at++) {
            if (bytes[at] == '\n' || bytes[at] == '\r') {
                return true;
            }
        }
        return false;
    }

    private void putWithoutBreaks(byte[] bytes, int from, int end) throws IOException {
        for (int at = from; at < end; at++) {
            if (bytes[at] != '\n' && bytes[at] != '\r') {
                text.put((char) bytes[at]);
                if (text.length() >= FULL) {
                    write();
                }
            }
        }
    }
}
