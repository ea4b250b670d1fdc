package dev.motorpool.job.stream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open streams and their load. Thread-safe. */
public final class OpenStreams {

    /** Each is added when it is opened and removed when it is closed. Compared by identity. */
    private final Set<ItemStream> streams = ConcurrentHashMap.newKeySet();

    /**
     * A snapshot of the streams of one pool.
     *
     * @param count how many are open
     * @param unanswered accepted items whose lines have not been written
     * @param window maximum of unanswered items
     */
    public record Load(int count, long unanswered, long window) {}

    void add(ItemStream stream) {
        streams.add(stream);
    }

    void remove(ItemStream stream) {
        streams.remove(stream);
    }

    /** The load in the pool of this name. */
    public Load load(String pool) {
        int count = 0;
        long unanswered = 0;
        long window = 0;
        for (ItemStream stream : streams) {
            if (stream.pool().equals(pool)) {
                count++;
                unanswered += stream.unanswered();
                window += stream.window();
            }
        }
        return new Load(count, unanswered, window);
    }
}
