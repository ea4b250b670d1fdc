package dev.motorpool.pool;

import dev.motorpool.pool.process.ProcessKiller;
import dev.motorpool.pool.process.Templates;
import dev.motorpool.pool.process.WorkerHost;
import dev.motorpool.pool.process.WorkerLink;
import dev.motorpool.pool.process.WorkerProcess;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.pool.timer.Timers;
import dev.motorpool.runtime.ServiceMark;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.runtime.WorkerCommand;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.trace.Spans;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All pools of the service by name. */
public final class Pools implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Pools.class);
    private static final String STOPPING = "the service is stopping";
    private static final Duration GONE = Duration.ofSeconds(10);
    /** How long the close looks for processes that workers have left. */
    private static final Duration SWEEP = Duration.ofSeconds(2);

    private static final long DRAIN_LOOK_MILLIS = 10;

    private final Map<String, WorkerRuntime> runtimes;
    private final PoolEvents events;
    private final EngineLimits limits;
    private final Spans spans;
    private final Timers timers = Timers.real();
    private final Spawner spawner;
    private final ProcessKiller killer;
    private final ServiceMark mark;
    private final WorkerHost host;
    private final Templates templates;
    /** Changed under this object's monitor only, so that a name is taken once. Read without a lock. */
    private final ConcurrentSkipListMap<String, Pool> pools = new ConcurrentSkipListMap<>();

    /** Guarded by this object's monitor. */
    private boolean closed;
    /** When the close must be complete; guarded by this object's monitor, valid once closed. */
    private long deadline;

    /** Pools without traces. */
    public Pools(Map<String, WorkerRuntime> runtimes, PoolEvents events, EngineLimits limits) {
        this(runtimes, events, limits, Spans.NONE, new Spawner(), ServiceMark.unrelated());
    }

    /**
     * @param runtimes how workers are started, by the name that {@link PoolSettings#runtime} gives; one is {@code java}
     * @param spans records how calls wait and run
     * @param spawner starts the workers' threads and processes
     * @param mark marks the workers
     */
    public Pools(
            Map<String, WorkerRuntime> runtimes,
            PoolEvents events,
            EngineLimits limits,
            Spans spans,
            Spawner spawner,
            ServiceMark mark) {
        this.mark = mark;
        this.spans = spans;
        this.spawner = spawner;
        this.killer = new ProcessKiller(spawner);
        this.runtimes = Map.copyOf(runtimes);
        this.events = events;
        this.limits = limits;
        this.host = new WorkerHost(mark, limits.frame(), spawner, killer, timers);
        this.templates = new Templates(host, limits.start());
    }

    /**
     * Kills the workers that earlier services of the same data directory have left, with all that they have started:
     * workers that are frozen do not end by themselves. Never waits.
     */
    public void killEarlier() {
        killer.killEarlier(mark);
    }

    public Optional<Pool> find(String name) {
        return Optional.ofNullable(pools.get(name));
    }

    /** All pools, sorted by name. */
    public List<Pool> all() {
        return List.copyOf(pools.values());
    }

    /** The result of {@link #put}. */
    public record Put(Pool pool, boolean made) {}

    /**
     * Makes or changes the pool.
     *
     * @throws RefusedException if it exists and is closed
     * @throws IllegalArgumentException if it exists and is of another kind, or the runtime is not known
     */
    public synchronized Put put(String name, PoolSettings settings) throws RefusedException {
        if (!runtimes.containsKey(settings.runtime())) {
            throw new IllegalArgumentException("no runtime is called '" + settings.runtime() + "'");
        }
        if (closed) {
            throw new RefusedException(RefusedException.Cause.UNAVAILABLE, STOPPING, Duration.ofSeconds(1));
        }
        Pool known = pools.get(name);
        if (known != null) {
            known.change(settings);
            return new Put(known, false);
        }
        Pool made = new Pool(name, settings, limits, this::runtime, events, timers, spawner, this::link, spans);
        pools.put(name, made);
        made.open();
        events.poolMade(name, made);
        return new Put(made, true);
    }

    /** A process of the service that belongs to no pool, with the protocol on its pipes. */
    public WorkerLink link(String workerId, Callable<WorkerCommand> command, WorkerLink.Listener listener) {
        return new WorkerProcess(workerId, host, command, templates, listener);
    }

    /** Replaces all workers of a runtime; see {@link Pool#renew}. */
    public void renew(String runtime) {
        templates.retire(runtime);
        for (Pool pool : pools.values()) {
            if (pool.runtime().equals(runtime)) {
                pool.renew();
            }
        }
    }

    private WorkerRuntime runtime(String name) {
        WorkerRuntime runtime = runtimes.get(name);
        if (runtime == null) {
            throw new IllegalArgumentException("no runtime is called '" + name + "'");
        }
        return runtime;
    }

    /**
     * Terminates, joins and forgets the pool. Returns false if there is none of that name. Waits until every worker has
     * gone. A killed worker counts as gone after at most six seconds, even if it has not exited.
     */
    public boolean delete(String name) throws InterruptedException {
        Pool pool = pools.get(name);
        if (pool == null) {
            return false;
        }
        pool.terminate();
        if (!pool.awaitGone(GONE)) {
            LOG.atWarn().addKeyValue("pool", name).log("Pool deleted before all its workers have ended");
        }
        synchronized (this) {
            if (!pools.remove(name, pool)) {
                return false;
            }
        }
        events.poolRemoved(name);
        return true;
    }

    /** Waits until no call runs, and no call waits in a pool that is not paused. Returns false on timeout. */
    public boolean drain(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (pools.values().stream().anyMatch(Pool::busy)) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            Thread.sleep(DRAIN_LOOK_MILLIS);
        }
        return true;
    }

    /**
     * Ends the remaining calls as unavailable, and every worker. Waits 10 s for all workers. A second close does not
     * extend this.
     */
    @Override
    public void close() {
        long until;
        synchronized (this) {
            if (!closed) {
                deadline = System.nanoTime() + GONE.toNanos();
            }
            closed = true;
            until = deadline;
        }
        pools.values().forEach(pool -> pool.stop(STOPPING));
        try {
            for (Pool pool : pools.values()) {
                pool.awaitGone(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
            }
            templates.close();
            killer.awaitIdle(SWEEP);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        timers.close();
    }
}
