package dev.motorpool.log;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;

/**
 * Limits frequent events to one line a minute. The first event of a kind is logged at once, and the number of further
 * ones at the end of each minute with any.
 *
 * @param <K> kind; there are few of them
 */
final class RateLimitedLog<K> implements AutoCloseable {

    private final ObjLongConsumer<K> teller;
    private final Executor minuteLater;

    /** For each kind of the last minute: the number of events since its last line, plus one. */
    private final Map<K, Long> counts = new ConcurrentHashMap<>();

    /** @param teller writes the line */
    RateLimitedLog(ObjLongConsumer<K> teller) {
        this(teller, CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES));
    }

    /** @param minuteLater runs its task after a minute; the task may be lost when the service ends */
    RateLimitedLog(ObjLongConsumer<K> teller, Executor minuteLater) {
        this.teller = teller;
        this.minuteLater = minuteLater;
    }

    /** Adds an event. */
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
            counts.remove(kind); // so that the next one is logged at once; a failure here must not affect the caller
        }
    }

    /** Logs the events that no line covers; false if there are none, and the kind is removed. */
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

    /** Logs the remaining counts. */
    @Override
    public void close() {
        counts.keySet().forEach(this::tellRest);
    }
}
