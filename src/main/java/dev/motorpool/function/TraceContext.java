package dev.motorpool.function;

import org.jspecify.annotations.Nullable;

/**
 * The trace that a call belongs to, and the place in it, as W3C Trace Context writes both in HTTP headers. What
 * {@link #read} answers is safe to send on.
 *
 * @param traceparent of version 00: 55 characters
 * @param tracestate what tracing systems add, up to 512 printable ASCII characters; null if there is nothing
 */
public record TraceContext(String traceparent, @Nullable String tracestate) {

    private static final int LENGTH = 55;
    private static final int TRACE_ID = 3;
    private static final int SPAN_ID = 36;
    private static final int FLAGS = 53;

    /** A later version may add to it, but hardly so much. */
    private static final int MOST_PARENT = 512;

    private static final int MOST_STATE = 512;

    /**
     * Reads the values of the two headers.
     *
     * @return null unless the first is there and well-formed; what a later version says is read as version 00. A state
     *     that is empty, too long or not printable ASCII is left out.
     */
    public static @Nullable TraceContext read(@Nullable String traceparent, @Nullable String tracestate) {
        if (traceparent == null || !wellFormed(traceparent)) {
            return null;
        }
        return new TraceContext(asFirstVersion(traceparent), tracestate == null ? null : state(tracestate));
    }

    private static boolean wellFormed(String text) {
        int length = text.length();
        return length >= LENGTH
                && length <= MOST_PARENT
                && text.charAt(2) == '-'
                && text.charAt(SPAN_ID - 1) == '-'
                && text.charAt(FLAGS - 1) == '-'
                && hex(text, 0, 2)
                && hex(text, TRACE_ID, SPAN_ID - 1)
                && hex(text, SPAN_ID, FLAGS - 1)
                && hex(text, FLAGS, LENGTH)
                && !all('0', text, TRACE_ID, SPAN_ID - 1)
                && !all('0', text, SPAN_ID, FLAGS - 1)
                && !all('f', text, 0, 2)
                && (length == LENGTH || (!all('0', text, 0, 2) && text.charAt(LENGTH) == '-'));
    }

    /** Of the flags of a later version only the lowest is known to mean what it does here. */
    private static String asFirstVersion(String text) {
        return text.startsWith("00") ? text : "00" + text.substring(2, FLAGS) + (sampled(text) ? "01" : "00");
    }

    private static boolean hex(String text, int from, int end) {
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean all(char c, String text, int from, int end) {
        for (int i = from; i < end; i++) {
            if (text.charAt(i) != c) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String state(String text) {
        String stripped = text.strip();
        boolean fit = !stripped.isEmpty() && stripped.length() <= MOST_STATE;
        return fit && stripped.chars().allMatch(c -> c >= ' ' && c < 0x7f) ? stripped : null;
    }

    /** Whether who called wants the trace to be kept. */
    public boolean sampled() {
        return sampled(traceparent);
    }

    private static boolean sampled(String text) {
        return (Character.digit(text.charAt(LENGTH - 1), 16) & 1) == 1;
    }

    /** 32 hexadecimal digits, not all zero: the same for all that belongs to the trace. */
    public String traceId() {
        return traceparent.substring(TRACE_ID, SPAN_ID - 1);
    }

    /** 16 hexadecimal digits, not all zero: the span that what follows is a part of. */
    public String spanId() {
        return traceparent.substring(SPAN_ID, FLAGS - 1);
    }
}
