package dev.motorpool.log;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;

/**
 * Adds up what may happen by the thousand, so that it takes one line a minute: the first of a kind is told at once, and
 * how many have followed at the end of each minute in which any have.
 *
 * @param <K> kind; there are few of them
 */
final class RateLimitedLog<K> implements AutoCloseable {

    private final ObjLongConsumer<K> teller;
    private final Executor minuteLater;

    /** Of each kind of the last minute: how many there were since a line told of them, and one. */
    private final Map<K, Long> counts = new ConcurrentHashMap<>();

    /** @param teller writes the line */
    RateLimitedLog(ObjLongConsumer<K> teller) {
        this(teller, CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES));
    }

    /** @param minuteLater does what it is given after a minute; it may be lost at the service's end */
    RateLimitedLog(ObjLongConsumer<K> teller, Executor minuteLater) {
        this.teller = teller;
        this.minuteLater = minuteLater;
    }

    /** One has happened. */
    void add(K kind) {
        if (counts.merge(kind, 1L, Long::sum) == 1) {
            teller.accept(kind, 1);
            tellInAMinute(kind);
        }
    }

    private void minuteOver(K kind) {
        if (tellRest(kind)) {
            tellInAMinute(kind);
        }
    }

    private void tellInAMinute(K kind) {
        try {
            minuteLater.execute(() -> minuteOver(kind));
        } catch (RuntimeException | Error noThread) {
            counts.remove(kind); // so that the next one is told at once: what is not told must not harm who adds it
        }
    }

    /** Tells what no line has told of; false if there is nothing, and the kind is forgotten. */
    private boolean tellRest(K kind) {
        while (true) {
            Long count = counts.get(kind);
            if (count == null) {
                return false;
            }
            if (count == 1) {
                if (counts.remove(kind, count)) {
                    return false;
                }
            } else if (counts.replace(kind, count, 1L)) {
                teller.accept(kind, count - 1);
                return true;
            }
        }
    }

    /** Tells what is left. */
    @Override
    public void close() {
        counts.keySet().forEach(this::tellRest);
    }
}
