package dev.motorpool.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The text of a stream on its way to its client, as lines or as events: gathers many into one write, which goes out when
 * it is full or asked for. Used by the writer of the stream alone.
 */
final class StreamText implements ByteSink {

    private static final int FULL = 32 << 10;
    private static final int LARGE = 8 << 10;
    private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final byte[] EVENT = ByteText.ascii("event: ");
    private static final byte[] ID = ByteText.ascii("\nid: ");
    private static final byte[] DATA = ByteText.ascii("\ndata: ");
    private static final byte[] PING = ByteText.ascii(": ping\n\n");

    private final OutputStream out;
    private final boolean events;
    private final ByteText text = new ByteText(FULL + 2 * LARGE);
    private long pinged = System.nanoTime();

    StreamText(OutputStream out, boolean events) {
        this.out = out;
        this.events = events;
    }

    /** Begins a line, or an event of this name and with this id. */
    void begin(byte[] event, long id) {
        if (events) {
            text.put(EVENT).put(event).put(ID).put(id).put(DATA);
        }
    }

    /** Puts a part of a line that has no line break in it and is short. */
    StreamText part(byte[] ascii) {
        text.put(ascii);
        return this;
    }

    StreamText part(long number) {
        text.put(number);
        return this;
    }

    /** Puts JSON, without its line breaks: those can only be white space between its parts, strings have them escaped. */
    @Override
    public void put(byte[] bytes, int from, int count) throws IOException {
        if (hasBreak(bytes, from, from + count)) {
            putWithoutBreaks(bytes, from, from + count);
        } else if (count > LARGE) {
            write();
            out.write(bytes, from, count);
        } else {
            text.put(bytes, from, count);
            if (text.length() >= FULL) {
                write();
            }
        }
    }

    /** Ends a line or an event; true if it and all before it are on their way. */
    boolean finish() throws IOException {
        text.put('\n');
        if (events) {
            text.put('\n');
        }
        if (text.length() >= FULL) {
            write();
            return true;
        }
        return false;
    }

    /** Sends what has been gathered; events also a sign of life now and then. */
    void flush() throws IOException {
        if (events && System.nanoTime() - pinged >= PING_NANOS) {
            ping();
        }
        if (text.length() > 0) {
            write();
            out.flush();
        }
    }

    /** When {@link #flush} will next have a sign of life to send; a time without meaning for lines. */
    Duration untilPing() {
        long left = pinged + PING_NANOS - System.nanoTime();
        return Duration.ofNanos(events ? Math.max(1, left) : PING_NANOS);
    }

    /**
     * Sends something without meaning, between lines: only so can be seen whether a client still reads that sends nothing
     * more. White space before a line is no part of its JSON.
     */
    void probe() throws IOException {
        if (events) {
            ping();
        } else {
            text.put(' ');
        }
        write();
        out.flush();
    }

    private void ping() {
        pinged = System.nanoTime();
        text.put(PING);
    }

    private void write() throws IOException {
        ByteBuffer gathered = text.buffer();
        out.write(gathered.array(), gathered.arrayOffset(), gathered.remaining());
        text.clear();
    }

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
