package dev.motorpool.detached;

import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Who watches which jobs. Any thread adds, removes and tells; nobody waits. */
final class Watchers {

    private static final System.Logger LOG = System.getLogger(Watchers.class.getName());
    private static final Watch[] NONE = {};

    /** The arrays are never written to. */
    private final ConcurrentHashMap<UUID, Watch[]> all = new ConcurrentHashMap<>();

    void add(UUID job, Watch watch) {
        all.merge(job, new Watch[] {watch}, (before, one) -> {
            Watch[] after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = watch;
            return after;
        });
    }

    @SuppressWarnings("ReferenceEquality") // the very watch is meant
    void remove(UUID job, Watch watch) {
        all.computeIfPresent(job, (id, before) -> {
            Watch[] after = Arrays.stream(before).filter(each -> each != watch).toArray(Watch[]::new);
            return after.length == 0 ? null : after;
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
        for (Watch watch : all.getOrDefault(job, NONE)) {
            try {
                what.accept(watch);
            } catch (RuntimeException defect) {
                LOG.log(System.Logger.Level.ERROR, "One who watches a job could not be told", defect);
            }
        }
    }
}
