package dev.motorpool.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Counts the lines of an answer by their ends, which costs little. About one in a thousand is compared with what it has
 * to be, and the last one. Not thread-safe.
 */
final class LineCounter {

    private static final int LONGEST = 256;
    private static final int LINES_BETWEEN_LOOKS = 1000;

    /** How a last line begins. */
    private static final byte[] END = "{\"end\":".getBytes(StandardCharsets.US_ASCII);

    private final StreamLines expected;

    /** The last bytes that have come. */
    private byte[] tail = {'\n'};

    private long count;
    private long nextLook;
    private long looks;

    LineCounter(StreamLines expected) {
        this.expected = expected;
    }

    /** Lines that have ended. */
    long count() {
        return count;
    }

    void take(byte[] bytes, int from, int to) throws IOException {
        if (count >= nextLook && tail[tail.length - 1] == '\n') {
            look(bytes, from, to);
        }
        long ends = 0;
        for (int at = from; at < to; at++) {
            ends += bytes[at] == '\n' ? 1 : 0;
        }
        count += ends;
        keepTail(bytes, from, to);
    }

    /** Compares the line that begins here if it is here as a whole and is no last line. */
    private void look(byte[] bytes, int from, int to) throws IOException {
        byte[] line = (expected.answer(count) + '\n').getBytes(StandardCharsets.US_ASCII);
        if (to - from < line.length || Arrays.equals(bytes, from, from + END.length, END, 0, END.length)) {
            return;
        }
        if (!Arrays.equals(bytes, from, from + line.length, line, 0, line.length)) {
            throw new IOException("line " + count + " is not " + new String(line, StandardCharsets.US_ASCII).strip()
                    + " but " + text(bytes, from, Math.min(to, from + LONGEST)));
        }
        looks++;
        nextLook = count + LINES_BETWEEN_LOOKS;
    }

    private void keepTail(byte[] bytes, int from, int to) {
        int taken = to - from;
        if (taken >= LONGEST) {
            tail = Arrays.copyOfRange(bytes, to - LONGEST, to);
            return;
        }
        int kept = Math.min(tail.length, LONGEST - taken);
        byte[] next = new byte[kept + taken];
        System.arraycopy(tail, tail.length - kept, next, 0, kept);
        System.arraycopy(bytes, from, next, kept, taken);
        tail = next;
    }

    /** Whether there was a line for each item that was sent, and a last one if there has to be one. */
    void checkWhole(long sent) throws IOException {
        String last = expected.last(sent);
        String end = last == null ? expected.answer(sent - 1) : last;
        String came = text(tail, 0, tail.length);
        if (count != sent + (last == null ? 0 : 1) || !came.endsWith("\n" + end + "\n")) {
            throw new IOException(count + " lines came for " + sent + " items, at the end " + came);
        }
        if (looks == 0) {
            throw new IOException("no line could be compared with what it has to be");
        }
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
