package dev.motorpool.http;

import dev.motorpool.job.ItemStream;
import dev.motorpool.job.JobError;
import java.io.IOException;

/** Writes the lines of a stream of items, and sends them on as soon as nothing more is ready. */
final class StreamWriter implements ItemStream.Lines {

    private final ItemStream stream;
    private final StreamText text;

    StreamWriter(ItemStream stream, StreamText text) {
        this.stream = stream;
        this.text = text;
    }

    @Override
    public void value(long index, byte[] bytes, int from, int end) throws IOException {
        ItemLines.begin(text, index, index);
        text.part(ItemLines.VALUE);
        text.put(bytes, from, end - from);
        finish();
    }

    @Override
    public void error(long index, JobError error) throws IOException {
        ItemLines.begin(text, index, index);
        text.part(ItemLines.ERROR);
        text.put(JsonParts.error(error));
        finish();
    }

    private void finish() throws IOException {
        text.part(ItemLines.BRACE);
        if (text.finish()) {
            stream.answered();
        }
    }

    /** The last line. */
    void end(ItemStream.End end) throws IOException {
        JobError error = end.error();
        ItemLines.end(text, end.count(), end.count(), end.failed(), error == null ? null : JsonParts.error(error));
    }

    /**
     * Sends what has been gathered.
     *
     * @param silent whether the client has closed its sending side
     */
    void flush(boolean silent) throws IOException {
        if (silent) {
            text.probe();
        }
        text.flush();
    }
}
