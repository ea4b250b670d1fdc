package dev.motorpool.detached;

import dev.motorpool.json.RawJson;
import java.util.ArrayDeque;
import java.util.List;

/** The last of what a job has printed and one listener has not read yet. Guarded by its owner. */
final class PrintedText {

    private final ListenerBytes budget;
    private final ArrayDeque<RawJson> parts = new ArrayDeque<>();
    private long length;
    private long dropped;

    PrintedText(ListenerBytes budget) {
        this.budget = budget;
    }

    void add(JobEvent.Output output) {
        for (RawJson part : output.parts()) {
            parts.add(part);
            length += part.length();
            budget.keep(part.length());
            while (length > budget.share()) {
                dropped += removeFirst();
            }
        }
    }

    boolean isEmpty() {
        return parts.isEmpty() && dropped == 0;
    }

    /** All of it, which is not kept any more. */
    JobEvent.Output take() {
        JobEvent.Output taken = new JobEvent.Output(List.copyOf(parts), dropped);
        clear();
        return taken;
    }

    void clear() {
        budget.release(length);
        parts.clear();
        length = 0;
        dropped = 0;
    }

    /** The bytes of the oldest part, without its quotes. */
    private long removeFirst() {
        int bytes = parts.remove().length();
        length -= bytes;
        budget.release(bytes);
        return bytes - 2L;
    }
}
