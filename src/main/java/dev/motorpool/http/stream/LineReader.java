package dev.motorpool.http.stream;

import dev.motorpool.http.route.ByteBudget;
import dev.motorpool.http.route.ItemSource;
import dev.motorpool.http.server.ClientConnection;
import dev.motorpool.job.JobError;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.Seconds;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits a body of lines into items as it arrives. The bytes of one read share an array with their items. An array
 * whose items were returned is not written to any more; an incomplete line at its end is moved to a new one.
 */
public final class LineReader implements ItemSource, AutoCloseable {

    private static final int ROOM = 8 << 10;

    /** Longer incomplete lines count against the budget of all requests. */
    private static final int SMALL = 64 << 10;

    private final ClientConnection connection;
    private final long announced;
    private final int limit;
    private final Duration patience;
    private final ByteBudget.Held held;

    private byte[] bytes = new byte[ROOM];
    /**
     * Start of the current line; the next two fields are the end of the part that was searched and the end of the data.
     */
    private int from;

    private int seen;
    private int end;
    /** Whether items that were returned share the array. */
    private boolean given;

    /** Bytes counted for the array. */
    private long taken;

    private long received;
    private boolean over;
    private long index;
    /** What is wrong with the line after the last items returned. */
    private @Nullable JobError fault;

    /**
     * @param announced length of the body; negative if unknown
     * @param limit bytes of a line
     * @param patience how long the client may send nothing
     * @param held counts long lines while they arrive
     */
    public LineReader(ClientConnection connection, long announced, int limit, Duration patience, ByteBudget.Held held) {
        this.connection = connection;
        this.announced = announced;
        this.limit = limit;
        this.patience = patience;
        this.held = held;
    }

    @Override
    public @Nullable JsonSlices next(int most) throws IOException, CallRefusedException {
        while (true) {
            if (fault != null) {
                throw new CallRefusedException(fault);
            }
            JsonSlices items = cut(most);
            if (items.count() > 0) {
                given = true;
                return items;
            }
            if (fault == null) {
                if (over) {
                    return null;
                }
                read();
            }
        }
    }

    @Override
    public void readToEnd() throws IOException, CallRefusedException {
        while (!over) {
            read();
        }
    }

    /** The items on the complete lines. */
    private JsonSlices cut(int most) {
        int[] bounds = new int[2 * Math.min(most, 32)];
        int count = 0;
        while (count < most && fault == null) {
            int to = lineEnd();
            if (to < 0) {
                break;
            }
            int start = skipSpace(from, to);
            int stop = trimSpace(start, to);
            from = Math.min(to + 1, end);
            seen = from;
            if (start < stop && isItem(start, stop)) {
                if (2 * count == bounds.length) {
                    bounds = Arrays.copyOf(bounds, 4 * count);
                }
                bounds[2 * count] = start;
                bounds[2 * count + 1] = stop;
                count++;
                index++;
            }
        }
        return new JsonSlices(bytes, bounds, count);
    }

    /** The end of the line, or of the body; -1 if it has not arrived. */
    private int lineEnd() {
        int at = seen;
        while (at < end && bytes[at] != '\n') {
            at++;
        }
        seen = at;
        if (at - from > limit) {
            fault = JobError.of(
                    ProblemType.CONTENT_TOO_LARGE,
                    "A line may have at most " + limit + " bytes.",
                    "limit",
                    limit,
                    "index",
                    index);
            return -1;
        }
        return at < end || (over && from < end) ? at : -1;
    }

    private int skipSpace(int start, int to) {
        int at = start;
        while (at < to && isSpace(bytes[at])) {
            at++;
        }
        return at;
    }

    private int trimSpace(int start, int to) {
        int at = to;
        while (at > start && isSpace(bytes[at - 1])) {
            at--;
        }
        return at;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }

    private boolean isItem(int start, int stop) {
        try {
            StrictJson.check(new RawJson(bytes, start, stop - start));
            return true;
        } catch (MalformedJsonException malformed) {
            fault = JobError.of(
                    ProblemType.MALFORMED_ITEM, "Each line must be JSON. " + malformed.getMessage(), "index", index);
            return false;
        }
    }

    private void read() throws IOException, CallRefusedException {
        ByteBuffer chunk;
        try {
            chunk = announced >= 0 && received >= announced ? null : connection.read(patience.toMillis());
        } catch (SocketTimeoutException silent) {
            throw new CallRefusedException(
                    JobError.of(ProblemType.REQUEST_TIMEOUT, "Nothing was sent for " + Seconds.text(patience) + " s."));
        }
        if (chunk == null) {
            if (received < announced) {
                throw new EOFException("the body ended before its announced end");
            }
            over = true;
            return;
        }
        received += chunk.remaining();
        makeRoom(chunk.remaining());
        int count = chunk.remaining();
        chunk.get(bytes, end, count);
        end += count;
    }

    /** Moves an incomplete line to where this many more bytes fit. */
    private void makeRoom(int more) throws CallRefusedException {
        int begun = end - from;
        if (!given && bytes.length - end >= more) {
            return;
        }
        int needed = begun + more;
        int room = needed <= ROOM ? ROOM : Math.max(needed, Math.min(2 * begun, limit + 1));
        long share = room > SMALL ? room : 0;
        JobError full = held.take(share);
        if (full != null) {
            throw new CallRefusedException(full);
        }
        held.giveBack(taken);
        taken = share;
        byte[] next = new byte[room];
        System.arraycopy(bytes, from, next, 0, begun);
        bytes = next;
        seen -= from;
        from = 0;
        end = begun;
        given = false;
    }

    /** Returns the counted bytes. */
    @Override
    public void close() {
        held.giveBack(taken);
        taken = 0;
    }
}
