package dev.motorpool.detached.watch;

import dev.motorpool.detached.model.JobEvent;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of a job's output, encoded once and read by all its listeners, each at its own place. The owner guards adding
 * and clearing. Readers take no lock, so a thread that adds never waits for them. Bytes that were added never change,
 * so readers get views of them.
 */
final class PrintedText {

    /** Number of characters encoded together; their JSON is at most as long as a chunk. */
    private static final int PART = 1024;

    private static final int CHUNK = 8 << 10;
    private static final int SMALLEST_CHUNK = 256;

    /** Most bytes that one reader takes at once, so that a slow client keeps little. */
    private static final int MOST_TAKEN = 2 * CHUNK;

    /**
     * A piece of text.
     *
     * @param string as JSON
     * @param printed bytes of the text
     */
    private record Part(RawJson string, int printed) {}

    /**
     * A text that can be added.
     *
     * @param left bytes that were omitted before the parts
     */
    record Encoded(long left, List<Part> parts) {}

    /**
     * The contents of a chunk.
     *
     * @param bytes the inside of a JSON string
     * @param length number of used bytes
     * @param end bytes that the job has printed up to here, which are fewer than their JSON has
     */
    @SuppressWarnings("ArrayRecordComponent") // appended to after the length, never changed before it
    private record Content(byte[] bytes, int length, long end) {

        Content with(Part part) {
            RawJson string = part.string;
            int count = string.length() - 2;
            byte[] roomy = length + count <= bytes.length
                    ? bytes
                    : Arrays.copyOf(bytes, Math.min(CHUNK, Math.max(length + count, 2 * bytes.length)));
            System.arraycopy(string.bytes(), string.offset() + 1, roomy, length, count);
            return new Content(roomy, length + count, end + part.printed);
        }
    }

    /** Text that one attempt printed. */
    private static final class Chunk {
        final int attempt;

        /** Bytes that the job printed before. */
        final long before;

        volatile Content content;

        Chunk(int attempt, long before) {
            this.attempt = attempt;
            this.before = before;
            this.content = new Content(new byte[SMALLEST_CHUNK], 0, before);
        }
    }

    /**
     * The kept chunks.
     *
     * @param first the number of the first chunk
     * @param end bytes that the job had printed when the last chunk began, or all if there is none
     */
    private record Kept(long first, List<Chunk> chunks, long end) {

        Chunk last() {
            return chunks.getLast();
        }

        Kept with(Chunk chunk) {
            List<Chunk> more = new ArrayList<>(chunks);
            more.add(chunk);
            return new Kept(first, List.copyOf(more), chunk.before);
        }

        Kept without(int oldest) {
            return new Kept(first + oldest, List.copyOf(chunks.subList(oldest, chunks.size())), end);
        }
    }

    /** The position of a reader. */
    static final class Place {
        private long chunk;
        private int offset;

        /** Bytes that the job printed up to here. */
        private long printed;
    }

    private final ListenerBytes budget;

    private volatile Kept kept = new Kept(0, List.of(), 0);

    /** Bytes of the kept JSON. Guarded by the owner, as are the following fields. */
    private long length;

    private long printed;

    PrintedText(ListenerBytes budget) {
        this.budget = budget;
    }

    /** Encodes the part of a text that would be kept. Called without the owner's lock. */
    static Encoded encode(String text) {
        int from = whole(text, Math.max(0, text.length() - ListenerBytes.MOST_OF_ONE));
        long left = utf8Length(text.substring(0, from));
        List<Part> parts = new ArrayList<>();
        while (from < text.length()) {
            int to = whole(text, Math.min(from + PART, text.length()));
            String part = text.substring(from, to);
            parts.add(new Part(new JsonWriter().value(part).toRawJson(), utf8Length(part)));
            from = to;
        }
        return new Encoded(left, parts);
    }

    /** This index, or the one before if it lies within a character. */
    private static int whole(String text, int index) {
        boolean within = index > 0 && index < text.length() && Character.isHighSurrogate(text.charAt(index - 1));
        return within ? index - 1 : index;
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Adds output of an attempt. */
    void add(int attempt, Encoded text) {
        long before = length;
        printed += text.left;
        for (Part part : text.parts) {
            int count = part.string.length() - 2;
            Chunk chunk = chunkFor(attempt, count);
            chunk.content = chunk.content.with(part);
            printed = chunk.content.end();
            length += count;
        }
        dropOldest(budget.share());
        budget.keep(length - before);
    }

    private Chunk chunkFor(int attempt, int count) {
        if (!kept.chunks.isEmpty()) {
            Chunk last = kept.last();
            Content content = last.content;
            if (last.attempt == attempt && content.end() == printed && content.length() + count <= CHUNK) {
                return last;
            }
        }
        Chunk next = new Chunk(attempt, printed);
        kept = kept.with(next);
        return next;
    }

    private void dropOldest(long most) {
        int oldest = 0;
        while (length > most && oldest < kept.chunks.size() - 1) {
            length -= kept.chunks.get(oldest).content.length();
            oldest++;
        }
        if (oldest > 0) {
            kept = kept.without(oldest);
        }
    }

    /** The place after everything printed. Callable by any thread. */
    Place end() {
        Kept now = kept;
        Place end = new Place();
        end.chunk = now.first;
        end.printed = now.end;
        if (!now.chunks.isEmpty()) {
            Content last = now.last().content;
            end.chunk += now.chunks.size() - 1L;
            end.offset = last.length();
            end.printed = last.end();
        }
        return end;
    }

    /**
     * The kept output of an attempt that the reader has not taken; null if there is none. Callable by any thread, with
     * its own place.
     */
    JobEvent.@Nullable Output take(Place place, int attempt) {
        Kept now = kept;
        List<ByteBuffer> taken = new ArrayList<>();
        long dropped = 0;
        int bytes = 0;
        for (int i = (int) Math.max(0, place.chunk - now.first); i < now.chunks.size() && bytes < MOST_TAKEN; i++) {
            Chunk chunk = now.chunks.get(i);
            if (chunk.attempt > attempt) {
                break;
            }
            if (place.chunk < now.first + i || place.printed < chunk.before) {
                place.chunk = now.first + i;
                place.offset = 0;
                dropped += chunk.before - place.printed;
            }
            Content content = chunk.content;
            int count = content.length() - place.offset;
            if (chunk.attempt == attempt && count > 0) {
                taken.add(ByteBuffer.wrap(content.bytes(), place.offset, count));
                bytes += count;
            }
            place.offset = content.length();
            place.printed = content.end();
        }
        return taken.isEmpty() && dropped == 0 ? null : new JobEvent.Output(attempt, taken, dropped);
    }

    /** Discards the text. */
    void clear() {
        budget.keep(-length);
        length = 0;
        kept = new Kept(kept.first + kept.chunks.size(), List.of(), printed);
    }
}
