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
        long before = length;
        for (RawJson part : output.parts()) {
            parts.add(part);
            length += part.length();
        }
        long most = budget.share();
        while (length > most) {
            int bytes = parts.remove().length();
            length -= bytes;
            dropped += bytes - 2L; // the quotes were not printed
        }
        budget.keep(length - before);
    }

    boolean isEmpty() {
        return parts.isEmpty() && dropped == 0;
    }

    /** Bytes that are kept. */
    long length() {
        return length;
    }

    /** Keeps nothing of it but the number of bytes. */
    void drop() {
        long all = dropped + length - 2L * parts.size();
        clear();
        dropped = all;
    }

    /** All of it, which is not kept any more. */
    JobEvent.Output take(int attempt) {
        JobEvent.Output taken = new JobEvent.Output(attempt, List.copyOf(parts), dropped);
        clear();
        return taken;
    }

    void clear() {
        budget.keep(-length);
        parts.clear();
        length = 0;
        dropped = 0;
    }
}
