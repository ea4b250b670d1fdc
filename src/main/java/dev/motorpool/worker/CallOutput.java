package dev.motorpool.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.wire.Message;
import java.nio.charset.StandardCharsets;

/**
 * The output of one call or chunk, on its way to the service. The thread that prints also sends, if nothing was sent
 * for 10 ms. Output before that is buffered until the next print, the ticker or the end. The buffer keeps only the end
 * of its output, so that a flood fills neither memory nor the pipe. Guarded by its monitor.
 */
final class CallOutput {

    /** Maximum bytes that are kept between two reports. */
    static final int KEPT = 64 * 1024;

    private static final long PAUSE_NANOS = 10_000_000;

    /** Bytes of one report. As JSON they take at most six times as many, which is less than any limit of a frame. */
    private static final int PIECE = 8 * 1024;

    private static final int FIRST = 256;
    private static final int LARGE = 4 * 1024;

    private final long id;
    private final Reports reports;
    private final PrintRoutes routes;
    private final OutputTicker ticker;

    /** A ring buffer: its contents begin at {@link #start} and continue at 0 behind the last byte. */
    @GuardedBy("this")
    private byte[] ring = new byte[FIRST];

    @GuardedBy("this")
    private int start;

    @GuardedBy("this")
    private int length;

    /** Whether earlier output is lost. */
    @GuardedBy("this")
    private boolean cut;

    @GuardedBy("this")
    private boolean sent;

    /** When the last report was written; valid once one was. */
    @GuardedBy("this")
    private long sentNanos;

    /** Whether the ticker checks this. */
    @GuardedBy("this")
    private boolean ticked;

    @GuardedBy("this")
    private boolean over;

    CallOutput(long id, Reports reports, PrintRoutes routes, OutputTicker ticker) {
        this.id = id;
        this.reports = reports;
        this.routes = routes;
        this.ticker = ticker;
    }

    /** Takes what a thread of the call has printed. Returns false if the call is over. */
    synchronized boolean write(byte[] bytes, int offset, int count) {
        if (over) {
            return false;
        }
        gather(bytes, offset, count);
        if (!sent || System.nanoTime() - sentNanos >= PAUSE_NANOS) {
            send(false);
        } else if (!ticked) {
            ticked = true;
            ticker.watch(this);
        }
        return true;
    }

    /** Called by the ticker: sends the buffered output. */
    synchronized void tick() {
        ticked = false;
        send(false);
    }

    /** Sends the buffered output, as the process may end any moment. */
    synchronized void flush() {
        send(true);
    }

    /**
     * The call is over; called on its thread. All its output has been sent. Later output of its other threads does not
     * belong to it.
     */
    void close() {
        routes.closed(this);
        synchronized (this) {
            send(true);
            over = true;
        }
    }

    @GuardedBy("this")
    private void gather(byte[] bytes, int offset, int count) {
        int taken = Math.min(count, KEPT);
        int lost = length + taken - KEPT;
        if (lost > 0) {
            cut = true;
            start = (start + lost) % ring.length;
            length -= lost;
        }
        cut |= taken < count;
        makeRoom(length + taken);
        int from = offset + count - taken;
        int end = (start + length) % ring.length;
        int behind = Math.min(taken, ring.length - end);
        System.arraycopy(bytes, from, ring, end, behind);
        System.arraycopy(bytes, from + behind, ring, 0, taken - behind);
        length += taken;
    }

    @GuardedBy("this")
    private void makeRoom(int needed) {
        if (needed > ring.length) {
            byte[] larger = new byte[Math.min(KEPT, Math.max(needed, 4 * ring.length))];
            copyTo(larger);
            ring = larger;
            start = 0;
        }
    }

    @GuardedBy("this")
    private void copyTo(byte[] target) {
        int behind = Math.min(length, ring.length - start);
        System.arraycopy(ring, start, target, 0, behind);
        System.arraycopy(ring, 0, target, behind, length - behind);
    }

    /**
     * Sends the buffered output.
     *
     * @param all whether to send an incomplete last character, too
     */
    @GuardedBy("this")
    private void send(boolean all) {
        if (over || length == 0) {
            return;
        }
        byte[] text = new byte[length];
        copyTo(text);
        int from = cut ? Utf8Pieces.firstWhole(text) : 0;
        int end = all ? text.length : Utf8Pieces.wholeUpTo(text, from, text.length);
        forget();
        int at = from;
        while (at < end) {
            int next = end - at > PIECE ? Utf8Pieces.wholeUpTo(text, at, at + PIECE) : end;
            reports.write(new Message.Output(id, new String(text, at, next - at, StandardCharsets.UTF_8)));
            at = next;
        }
        if (end > from) {
            sent = true;
            sentNanos = System.nanoTime();
        }
        gather(text, end, text.length - end);
    }

    @GuardedBy("this")
    private void forget() {
        if (ring.length > LARGE) {
            ring = new byte[FIRST];
        }
        start = 0;
        length = 0;
        cut = false;
    }
}
