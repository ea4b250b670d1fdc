package dev.motorpool.http.stream;

import dev.motorpool.http.render.ItemLines;
import dev.motorpool.http.render.StreamText;
import dev.motorpool.job.JobError;
import dev.motorpool.job.stream.ItemStream;
import dev.motorpool.job.stream.StreamValues;
import java.io.IOException;

/** Writes the lines of a stream of items, and sends them as soon as no more are ready. */
public final class StreamWriter implements ItemStream.Lines {

    /** Longer values are written in pieces. */
    private static final int PIECE = 8 << 10;

    private final ItemStream stream;
    private final StreamText text;

    public StreamWriter(ItemStream stream, StreamText text) {
        this.stream = stream;
        this.text = text;
    }

    @Override
    public boolean value(long index, StreamValues row, int at) throws IOException {
        if (row.isDropped()) {
            return false;
        }
        ItemLines.begin(text, index, index);
        text.part(ItemLines.VALUE);
        boolean whole = put(row, at);
        if (whole) {
            text.part(ItemLines.BRACE);
        }
        finish();
        return whole;
    }

    /** No reference to the bytes of a value remains while a write waits for the client. */
    private boolean put(StreamValues row, int at) throws IOException {
        int length = row.length(at);
        int from = 0;
        while (length - from > PIECE) {
            if (!row.copy(at, from, PIECE, text)) {
                return false;
            }
            from += PIECE;
            if (text.sendFull()) {
                stream.taken();
            }
        }
        return row.copy(at, from, length - from, text);
    }

    @Override
    public void error(long index, JobError error) throws IOException {
        ItemLines.begin(text, index, index);
        text.part(ItemLines.ERROR);
        text.put(error.toJson());
        text.part(ItemLines.BRACE);
        finish();
    }

    private void finish() throws IOException {
        if (text.finish()) {
            stream.answered();
        }
    }

    /** The last line. */
    public void end(ItemStream.End end) throws IOException {
        JobError error = end.error();
        ItemLines.end(text, end.count(), end.count(), end.failed(), error == null ? null : error.toJson());
    }

    /**
     * Sends the buffer.
     *
     * @param silent whether the client has closed its sending side
     */
    public void flush(boolean silent) throws IOException {
        if (silent) {
            text.probe();
        }
        text.flush();
    }
}
