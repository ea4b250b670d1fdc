package dev.motorpool.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Counts the lines of an answer by their ends, which is cheap. It compares about one in a thousand, and the last one,
 * with the expected line. Not thread-safe.
 */
final class LineCounter {

    private static final int LONGEST = 256;
    private static final int LINES_BETWEEN_LOOKS = 1000;

    /** The prefix of a last line. */
    private static final byte[] END = "{\"end\":".getBytes(StandardCharsets.US_ASCII);

    private final StreamLines expected;

    /** The last bytes received. */
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

    /** Compares the line that begins here if it is complete and not the last line. */
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

    /** Checks that each item that was sent has a line, and that the last line is present if required. */
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
