package dev.motorpool.pool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.pool.PoolStore.KeptPool;
import dev.motorpool.pool.PoolStore.Wanted;
import dev.motorpool.pool.settings.Initializer;
import dev.motorpool.pool.settings.InvalidSettingException;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolPatch;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.pool.settings.SettingRules;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Configures the pools of the service. A pool's settings are the kind's defaults, overridden by the configuration's,
 * overridden by those of {@code PUT}. What clients changed is kept across restarts. For a pool that only the
 * configuration has, only the state that a client put it in (paused, closed, terminated) is kept, and no setting.
 *
 * <p>Each change is checked, then kept, then applied. So a service that dies in between may come back with a change
 * that its client has no answer to, but never without a change that was confirmed. One lock orders the changes.
 */
public final class PoolDirectory {

    private static final int MOST_POOLS = 1_000;

    private static final KeptPool AS_CONFIGURED = new KeptPool(PoolPatch.EMPTY, Wanted.RUNNING);

    private final Pools pools;
    private final PoolStore store;
    private final Map<String, PoolPatch> configured;
    private final Map<String, PoolPatch> later;

    /** Those of {@link #later} that have been provided. */
    @GuardedBy("lock")
    private final Set<String> provided = new HashSet<>();

    /** Those that {@link #open} has left. */
    @GuardedBy("lock")
    private final Set<String> rest = new TreeSet<>();

    private final SettingRules rules;

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<String, KeptPool> kept = new TreeMap<>();

    /**
     * @param configured the pools of the configuration; each names its kind
     * @param later further pools, which {@link #provide} makes; until then a client can make others of their names
     */
    public PoolDirectory(
            Pools pools,
            PoolStore store,
            Map<String, PoolPatch> configured,
            Map<String, PoolPatch> later,
            SettingRules rules) {
        this.later = Map.copyOf(later);
        this.pools = pools;
        this.store = store;
        this.configured = new LinkedHashMap<>(configured);
        this.rules = rules;
    }

    /**
     * Makes the pools at the start of the service. Those that need functions from files wait for {@link #openRest}.
     *
     * @param notYet runtimes that have no functions yet, built-in ones included
     */
    public void open(Set<String> notYet) throws IOException, InvalidSettingException {
        lock.lock();
        try {
            kept.putAll(store.load());
            // The state of a pool that only the configuration had goes with it.
            kept.entrySet()
                    .removeIf(pool -> pool.getValue().given().kind() == null
                            && !configured.containsKey(pool.getKey())
                            && !later.containsKey(pool.getKey()));
            TreeSet<String> names = new TreeSet<>(configured.keySet());
            kept.forEach((name, pool) -> {
                if (pool.given().kind() != null) {
                    names.add(name);
                }
            });
            Map<String, PoolSettings> all = new LinkedHashMap<>();
            for (String name : names) {
                all.put(name, named(name, true));
            }
            for (Map.Entry<String, PoolSettings> entry : all.entrySet()) {
                Initializer initializer = entry.getValue().initializer();
                if (notYet.contains(entry.getValue().runtime()) || (initializer != null && !rules.knows(initializer))) {
                    rest.add(entry.getKey());
                } else {
                    open(entry.getKey(), entry.getValue());
                }
            }
        } catch (RefusedException e) {
            throw new IllegalStateException(e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes the pools that {@link #open} has left, when functions from files have been loaded, or take long.
     *
     * @param complete whether all files have been loaded, so that a function that is not there is a mistake of the
     *     configuration
     */
    public void openRest(boolean complete) throws InvalidSettingException {
        lock.lock();
        try {
            for (String name : rest) {
                if (pools.find(name).isEmpty()) {
                    open(name, named(name, !complete || kept.containsKey(name)));
                }
            }
            rest.clear();
        } catch (RefusedException e) {
            throw new IllegalStateException(e);
        } finally {
            lock.unlock();
        }
    }

    /** The settings of a pool at the start; a fault names the pool. */
    @GuardedBy("lock")
    private PoolSettings named(String name, boolean start) throws InvalidSettingException {
        try {
            SettingRules.checkName(name);
            return settings(name, kept.get(name), start);
        } catch (InvalidSettingException e) {
            throw new InvalidSettingException("/" + name + e.pointer(), "Pool " + name + ": " + e.getMessage());
        }
    }

    @GuardedBy("lock")
    private void open(String name, PoolSettings settings) throws RefusedException {
        KeptPool keptPool = kept.get(name);
        Pool pool = pools.put(name, settings).pool();
        if (keptPool != null && keptPool.state() != Wanted.RUNNING) {
            enter(pool, keptPool.state());
        }
    }

    /**
     * Makes pools of the configuration that are not made at the start, unless they are there.
     *
     * @throws RefusedException if the service stops
     */
    public void provide(Set<String> names) throws RefusedException {
        lock.lock();
        try {
            for (String name : names) {
                if (pools.find(name).isEmpty()) {
                    provided.add(name);
                    open(name, settings(name, kept.get(name), true));
                }
            }
        } catch (InvalidSettingException shipped) {
            throw new IllegalStateException(shipped);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes or changes a pool.
     *
     * @throws InvalidSettingException also if the pool is new and no kind is given
     * @throws IOException if the change cannot be kept; it is not made then
     */
    public Pools.Put put(String name, PoolPatch patch) throws RefusedException, InvalidSettingException, IOException {
        lock.lock();
        try {
            Pool pool = pools.find(name).orElse(null);
            KeptPool before = kept.get(name);
            if (pool == null) {
                SettingRules.checkName(name);
                if (pools.all().size() >= MOST_POOLS) {
                    throw new InvalidSettingException("name", "There are " + MOST_POOLS + " pools; delete one first.");
                }
            }
            PoolKind kind = kindOf(pool, patch);
            PoolPatch given = given(name, kind, before).with(patch);
            KeptPool after = new KeptPool(given, before == null ? Wanted.RUNNING : before.state());
            PoolSettings settings = settings(name, after, false);
            if (pool != null) {
                PoolState state = pool.view().state();
                if (state == PoolState.CLOSED || state == PoolState.TERMINATED) {
                    throw new RefusedException(
                            RefusedException.Cause.CLOSED,
                            "Pool " + name + " is " + state.word() + "; delete it to use its name again.",
                            null);
                }
            }
            keep(name, after);
            return pools.put(name, settings);
        } finally {
            lock.unlock();
        }
    }

    private static PoolKind kindOf(@Nullable Pool pool, PoolPatch patch)
            throws RefusedException, InvalidSettingException {
        PoolKind wanted = patch.kind();
        if (pool == null) {
            if (wanted == null) {
                throw new InvalidSettingException("/kind", "A new pool needs a kind: process, thread or coroutine.");
            }
            return wanted;
        }
        PoolKind has = pool.view().settings().kind();
        if (wanted != null && wanted != has) {
            throw new RefusedException(
                    RefusedException.Cause.WRONG_KIND,
                    "Pool " + pool.name() + " is of kind " + has.word() + " and stays so; delete it first.",
                    null);
        }
        return has;
    }

    public void pause(Pool pool) throws RefusedException, IOException {
        change(pool, Wanted.PAUSED);
    }

    public void resume(Pool pool) throws RefusedException, IOException {
        change(pool, Wanted.RUNNING);
    }

    public void close(Pool pool) throws RefusedException, IOException {
        change(pool, Wanted.CLOSED);
    }

    public void terminate(Pool pool) throws RefusedException, IOException {
        change(pool, Wanted.TERMINATED);
    }

    /**
     * Terminates, joins and forgets the pool. Returns false if there is none of that name. Other changes do not wait
     * for it.
     */
    public boolean delete(String name) throws IOException, InterruptedException {
        lock.lock();
        try {
            keep(name, null);
        } finally {
            lock.unlock();
        }
        if (!pools.delete(name)) {
            return false;
        }
        lock.lock();
        try {
            if (pools.find(name).isEmpty()) {
                keep(name, null); // closed or terminated meanwhile, which was kept
            }
        } finally {
            lock.unlock();
        }
        return true;
    }

    private void change(Pool pool, Wanted state) throws RefusedException, IOException {
        lock.lock();
        try {
            if (pools.find(pool.name()).orElse(null) != pool) {
                enter(pool, state); // deleted meanwhile: there is nothing to keep
                return;
            }
            KeptPool before = kept.get(pool.name());
            Wanted was = before == null ? Wanted.RUNNING : before.state();
            Wanted next = was == Wanted.TERMINATED ? was : state;
            KeptPool after = new KeptPool(before == null ? PoolPatch.EMPTY : before.given(), next);
            if (state == Wanted.CLOSED || state == Wanted.TERMINATED) {
                keep(pool.name(), after);
                enter(pool, state);
            } else {
                enter(pool, state); // refused by a closed pool, and can be undone
                try {
                    keep(pool.name(), after);
                } catch (IOException e) {
                    enter(pool, was);
                    throw e;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private static void enter(Pool pool, Wanted state) throws RefusedException {
        switch (state) {
            case RUNNING -> pool.resume();
            case PAUSED -> pool.pause();
            case CLOSED -> pool.close();
            case TERMINATED -> pool.terminate();
        }
    }

    /**
     * Keeps the pool's settings and state. Null, or a pool that differs in nothing from the configuration, is
     * forgotten.
     */
    @GuardedBy("lock")
    private void keep(String name, @Nullable KeptPool pool) throws IOException {
        KeptPool before = kept.get(name);
        if (Objects.equals(before, pool)) {
            return;
        }
        Map<String, KeptPool> after = new TreeMap<>(kept);
        if (pool == null || pool.equals(AS_CONFIGURED)) {
            after.remove(name);
        } else {
            after.put(name, pool);
        }
        store.save(after);
        kept.clear();
        kept.putAll(after);
    }

    /** What is kept of a pool that is changed: of a provided one all settings, as it must be the same after a restart. */
    @GuardedBy("lock")
    private PoolPatch given(String name, PoolKind kind, @Nullable KeptPool kept) {
        PoolPatch ofKind = new PoolPatch(kind, Map.of());
        if (kept != null && kept.given().kind() != null) {
            return ofKind.with(kept.given());
        }
        PoolPatch shipped = later.get(name);
        return shipped == null || !provided.contains(name) ? ofKind : shipped;
    }

    /** @param start whether functions from files may not be known yet */
    @GuardedBy("lock")
    private PoolSettings settings(String name, @Nullable KeptPool keptPool, boolean start)
            throws InvalidSettingException {
        PoolPatch given = keptPool == null ? PoolPatch.EMPTY : keptPool.given();
        PoolPatch shipped = given.kind() == null && provided.contains(name) ? later.get(name) : null;
        PoolPatch base = shipped != null ? shipped : configured.getOrDefault(name, PoolPatch.EMPTY);
        if (given.kind() != null && given.kind() != base.kind()) {
            base = PoolPatch.EMPTY; // the configuration has another pool of that name
        }
        PoolPatch both = base.with(given);
        PoolKind kind = both.kind();
        if (kind == null) {
            throw new InvalidSettingException("/kind", "A pool needs a kind: process, thread or coroutine.");
        }
        return start ? rules.settingsAtStart(kind, both.given()) : rules.settings(kind, both.given());
    }
}
