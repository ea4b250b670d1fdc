package dev.motorpool.detached;

import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that happens to a job. */
public sealed interface JobEvent {

    /** Its state has changed. */
    record State(JobView job) implements JobEvent {}

    /**
     * It is this far.
     *
     * @param attempt the attempt that reports it
     */
    record Progress(int attempt, RawJson progress) implements JobEvent {}

    /** It has printed something. The JSON of the text is made once, however many are notified. */
    final class Output implements JobEvent {

        /** Characters of one part. */
        private static final int PART = 4096;

        /** Guarded by this; null once there are parts. */
        private @Nullable String text;

        /** Guarded by this. */
        private List<RawJson> parts = List.of();

        private final int attempt;
        private final long dropped;

        Output(int attempt, String text) {
            this.attempt = attempt;
            this.text = text;
            this.dropped = 0;
        }

        Output(int attempt, List<RawJson> parts, long dropped) {
            this.attempt = attempt;
            this.parts = parts;
            this.dropped = dropped;
        }

        /** The attempt that has printed it. */
        int attempt() {
            return attempt;
        }

        /** The text as JSON strings, one after the other. */
        public synchronized List<RawJson> parts() {
            String whole = text;
            if (whole != null) {
                List<RawJson> made = new ArrayList<>();
                int from = 0;
                while (from < whole.length()) {
                    int to = Math.min(from + PART, whole.length());
                    if (to < whole.length() && Character.isHighSurrogate(whole.charAt(to - 1))) {
                        to--;
                    }
                    byte[] json = new JsonWriter()
                            .value(whole.substring(from, to))
                            .toRawJson()
                            .toByteArray();
                    made.add(RawJson.of(json));
                    from = to;
                }
                parts = made;
                text = null;
            }
            return parts;
        }

        /** Bytes printed before the text that the listener has not read in time and that are not kept any more. */
        public long dropped() {
            return dropped;
        }
    }
}
