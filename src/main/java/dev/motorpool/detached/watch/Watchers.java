package dev.motorpool.detached.watch;

import dev.motorpool.detached.model.JobView;
import dev.motorpool.json.RawJson;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The registry of watched jobs. Any thread adds, removes and notifies; none blocks. */
public final class Watchers {

    private static final Logger LOG = LoggerFactory.getLogger(Watchers.class);

    /** A set is changed only while its entry is locked, so that no empty set remains; reads take no lock. */
    private final ConcurrentHashMap<UUID, Set<Watch>> all = new ConcurrentHashMap<>();

    /** The events of jobs that have listeners. */
    private final ConcurrentHashMap<UUID, LifeEvents> lives = new ConcurrentHashMap<>();

    private final ListenerBytes listenerBytes;

    public Watchers() {
        this(ListenerBytes.ofHeap());
    }

    /** @param listenerBytes the budget of the text that events keep */
    Watchers(ListenerBytes listenerBytes) {
        this.listenerBytes = listenerBytes;
    }

    /** Adds a listener to the events of a job, until {@link #leave}. */
    public LifeEvents listen(UUID job) {
        return lives.compute(job, (id, known) -> {
            LifeEvents life = known;
            if (life == null) {
                life = new LifeEvents(listenerBytes);
                add(id, life);
            }
            life.opened();
            return life;
        });
    }

    public void leave(UUID job) {
        lives.computeIfPresent(job, (id, life) -> {
            if (!life.closed()) {
                return life;
            }
            remove(id, life);
            return null;
        });
    }

    public void add(UUID job, Watch watch) {
        all.compute(job, (id, known) -> {
            Set<Watch> watches = known == null ? ConcurrentHashMap.newKeySet(1) : known;
            watches.add(watch);
            return watches;
        });
    }

    public void remove(UUID job, Watch watch) {
        all.computeIfPresent(job, (id, watches) -> {
            watches.remove(watch);
            return watches.isEmpty() ? null : watches;
        });
    }

    public boolean isWatched(UUID job) {
        return all.containsKey(job);
    }

    public void ended(JobView job) {
        tell(job.job().id(), watch -> watch.ended(job));
    }

    public void happened(JobView job) {
        tell(job.job().id(), watch -> watch.happened(job));
    }

    public void progressed(UUID job, int attempt, RawJson progress) {
        tell(job, watch -> watch.progressed(attempt, progress));
    }

    public void printed(UUID job, int attempt, String text) {
        tell(job, watch -> watch.printed(attempt, text));
    }

    public void results(UUID job) {
        tell(job, Watch::results);
    }

    public void forgotten(UUID job) {
        tell(job, Watch::forgotten);
    }

    public void stopping() {
        all.keySet().forEach(job -> tell(job, Watch::stopping));
    }

    private void tell(UUID job, Consumer<Watch> what) {
        for (Watch watch : all.getOrDefault(job, Set.of())) {
            try {
                what.accept(watch);
            } catch (RuntimeException defect) {
                LOG.error("Cannot notify a watcher of a job", defect);
            }
        }
    }
}
