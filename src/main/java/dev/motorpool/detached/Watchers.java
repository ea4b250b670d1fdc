package dev.motorpool.detached;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who watches which jobs. Any thread adds, removes and tells; nobody waits. */
final class Watchers {

    private static final Logger LOG = LoggerFactory.getLogger(Watchers.class);

    /** A set is changed only while its entry is locked, so that none is left that is empty; it is read freely. */
    private final ConcurrentHashMap<UUID, Set<Watch>> all = new ConcurrentHashMap<>();

    private final ListenerBytes listenerBytes = ListenerBytes.ofHeap();

    /** The printed text that those who watch may keep. */
    ListenerBytes listenerBytes() {
        return listenerBytes;
    }

    void add(UUID job, Watch watch) {
        all.compute(job, (id, known) -> {
            Set<Watch> watches = known == null ? ConcurrentHashMap.newKeySet(1) : known;
            watches.add(watch);
            return watches;
        });
    }

    void remove(UUID job, Watch watch) {
        all.computeIfPresent(job, (id, watches) -> {
            watches.remove(watch);
            return watches.isEmpty() ? null : watches;
        });
    }

    boolean isWatched(UUID job) {
        return all.containsKey(job);
    }

    void ended(JobView job) {
        tell(job.job().id(), watch -> watch.ended(job));
    }

    void happened(UUID job, JobEvent event) {
        tell(job, watch -> watch.happened(event));
    }

    void results(UUID job) {
        tell(job, Watch::results);
    }

    void forgotten(UUID job) {
        tell(job, Watch::forgotten);
    }

    void stopping() {
        all.keySet().forEach(job -> tell(job, Watch::stopping));
    }

    private void tell(UUID job, Consumer<Watch> what) {
        for (Watch watch : all.getOrDefault(job, Set.of())) {
            try {
                what.accept(watch);
            } catch (RuntimeException defect) {
                LOG.error("One who watches a job could not be told", defect);
            }
        }
    }
}
