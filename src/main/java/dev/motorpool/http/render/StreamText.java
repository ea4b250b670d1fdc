package dev.motorpool.http.render;

import dev.motorpool.http.route.ByteSink;
import dev.motorpool.http.route.ByteText;
import dev.motorpool.job.stream.StreamValues;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The output buffer of a stream, in lines or events. It combines many of them into one write, sent when the buffer is
 * full or on request. Used only by the writer of the stream.
 */
public final class StreamText implements ByteSink, StreamValues.Target {

    private static final int FULL = 32 << 10;
    private static final int LARGE = 8 << 10;

    /** Initial size of the buffer; it doubles up to the maximum. */
    private static final int SMALLEST = (FULL + 2 * LARGE) / 32;

    /** Longest silence before a heartbeat is sent. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** Pause between two heartbeats that are sent to find out whether the client has left. */
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final byte[] EVENT = ByteText.ascii("event: ");
    private static final byte[] ID = ByteText.ascii("\nid: ");
    private static final byte[] DATA = ByteText.ascii("\ndata: ");
    private static final byte[] PING = ByteText.ascii(": ping\n\n");

    private final OutputStream out;
    private final boolean events;
    private final LongSupplier nanoTime;
    private final ByteText text = new ByteText(SMALLEST);
    /** Start of the silence: for events, the last heartbeat; for lines, the last write. */
    private long quietSince;

    private long probed;

    public StreamText(OutputStream out, boolean events) {
        this(out, events, System::nanoTime);
    }

    /** @param nanoTime a monotonic clock */
    StreamText(OutputStream out, boolean events, LongSupplier nanoTime) {
        this.out = out;
        this.events = events;
        this.nanoTime = nanoTime;
        this.quietSince = nanoTime.getAsLong();
        this.probed = quietSince - PROBE_NANOS;
    }

    /** Begins a line, or an event with this name and id. */
    public void begin(byte[] event, long id) {
        if (events) {
            text.put(EVENT).put(event).put(ID).put(id).put(DATA);
        }
    }

    /** Appends a short part of a line without line breaks. */
    public StreamText part(byte[] ascii) {
        text.put(ascii);
        return this;
    }

    public StreamText part(byte[] bytes, int from, int count) {
        text.put(bytes, from, count);
        return this;
    }

    public StreamText part(long number) {
        text.put(number);
        return this;
    }

    /** Appends JSON without its line breaks. They can only be white space between tokens, as strings escape them. */
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

    /**
     * As {@link #put} for a fragment of JSON, without sending anything: {@link #finish} or {@link #sendFull} must
     * follow.
     */
    @Override
    public void append(byte[] bytes, int from, int count) {
        if (!hasBreak(bytes, from, from + count)) {
            text.put(bytes, from, count);
            return;
        }
        for (int at = from; at < from + count; at++) {
            if (bytes[at] != '\n' && bytes[at] != '\r') {
                text.put((char) bytes[at]);
            }
        }
    }

    /** Sends the buffer if it is full; true if it was sent. */
    public boolean sendFull() throws IOException {
        if (text.length() < FULL) {
            return false;
        }
        write();
        return true;
    }

    /** Ends a line or an event; true if it and everything before it were sent. */
    public boolean finish() throws IOException {
        text.put('\n');
        if (events) {
            text.put('\n');
        }
        return sendFull();
    }

    /** Sends the buffer, and a heartbeat after a long silence. */
    public void flush() throws IOException {
        if (nanoTime.getAsLong() - quietSince >= QUIET_NANOS && (events || text.length() == 0)) {
            signOfLife();
        }
        if (text.length() > 0) {
            write();
            out.flush();
        }
    }

    /** Time until {@link #flush} has a heartbeat to send. */
    public Duration untilSignOfLife() {
        return Duration.ofNanos(Math.max(1, quietSince + QUIET_NANOS - nanoTime.getAsLong()));
    }

    /**
     * Sends a heartbeat to a client that has closed its sending side, at most one a second: only a write shows whether
     * such a client still reads.
     */
    public void probe() throws IOException {
        if (nanoTime.getAsLong() - probed < PROBE_NANOS) {
            return;
        }
        probed = nanoTime.getAsLong();
        signOfLife();
        write();
        out.flush();
    }

    /** Appends a heartbeat: a comment between events, a blank line between lines. */
    private void signOfLife() {
        quietSince = nanoTime.getAsLong();
        if (events) {
            text.put(PING);
        } else {
            text.put('\n');
        }
    }

    private void write() throws IOException {
        if (!events) {
            quietSince = nanoTime.getAsLong();
        }
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
