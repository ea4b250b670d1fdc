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
 * The text of a stream on its way to its client, as lines or as events: gathers many into one write, which goes out when
 * it is full or asked for. Used by the writer of the stream alone.
 */
public final class StreamText implements ByteSink, StreamValues.Target {

    private static final int FULL = 32 << 10;
    private static final int LARGE = 8 << 10;

    /** What is gathered first; it grows twofold up to what is gathered at most. */
    private static final int SMALLEST = (FULL + 2 * LARGE) / 32;

    /** After so long without anything a sign of life is sent. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** So long lies between two signs that are sent to see whether the client has left. */
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final byte[] EVENT = ByteText.ascii("event: ");
    private static final byte[] ID = ByteText.ascii("\nid: ");
    private static final byte[] DATA = ByteText.ascii("\ndata: ");
    private static final byte[] PING = ByteText.ascii(": ping\n\n");

    private final OutputStream out;
    private final boolean events;
    private final LongSupplier nanoTime;
    private final ByteText text = new ByteText(SMALLEST);
    /** Of events: since the latest sign of life; of lines: since the latest write. */
    private long quietSince;

    private long probed;

    public StreamText(OutputStream out, boolean events) {
        this(out, events, System::nanoTime);
    }

    /** @param nanoTime of a monotonic clock */
    StreamText(OutputStream out, boolean events, LongSupplier nanoTime) {
        this.out = out;
        this.events = events;
        this.nanoTime = nanoTime;
        this.quietSince = nanoTime.getAsLong();
        this.probed = quietSince - PROBE_NANOS;
    }

    /** Begins a line, or an event of this name and with this id. */
    public void begin(byte[] event, long id) {
        if (events) {
            text.put(EVENT).put(event).put(ID).put(id).put(DATA);
        }
    }

    /** Puts a part of a line that has no line break in it and is short. */
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

    /** As {@link #put} for a piece of JSON, without sending anything: {@link #finish} or {@link #sendFull} follows. */
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

    /** Sends what has been gathered if it is much; true if it has. */
    public boolean sendFull() throws IOException {
        if (text.length() < FULL) {
            return false;
        }
        write();
        return true;
    }

    /** Ends a line or an event; true if it and all before it are on their way. */
    public boolean finish() throws IOException {
        text.put('\n');
        if (events) {
            text.put('\n');
        }
        return sendFull();
    }

    /** Sends what has been gathered, and a sign of life if nothing has been sent for long. */
    public void flush() throws IOException {
        if (nanoTime.getAsLong() - quietSince >= QUIET_NANOS && (events || text.length() == 0)) {
            signOfLife();
        }
        if (text.length() > 0) {
            write();
            out.flush();
        }
    }

    /** When {@link #flush} will next have a sign of life to send. */
    public Duration untilSignOfLife() {
        return Duration.ofNanos(Math.max(1, quietSince + QUIET_NANOS - nanoTime.getAsLong()));
    }

    /**
     * Sends a sign of life to a client that sends nothing more, at most one a second: only a write shows whether such a
     * client still reads.
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

    /** Puts what means nothing to the client: a comment between events, a blank line between lines. */
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
