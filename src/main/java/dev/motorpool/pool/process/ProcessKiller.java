package dev.motorpool.pool.process;

import dev.motorpool.runtime.ServiceMark;
import dev.motorpool.runtime.Spawner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills workers and all processes that they have started: their process groups, their sessions, their descendants, and
 * every process with their mark in its environment. Finding these takes a scan of all processes, which is slow. So a
 * separate thread does it, which lives while there is something to kill. One scan serves all kills that are pending by
 * then.
 */
public final class ProcessKiller {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessKiller.class);

    /** How long ended workers are collected before one scan finds the processes that they have left. */
    private static final long GATHER_NANOS = Duration.ofMillis(100).toNanos();

    /** Scans for the processes that one worker has left, as those found may have started more. */
    private static final int MOST_SWEEPS = 10;

    /** Scans for a lost process, which may not have got its environment yet. */
    private static final int LOST_SWEEPS = 5;

    private static final int MOST_REAPS = 100;
    private static final long REAP_NANOS = Duration.ofMillis(5).toNanos();

    /**
     * A worker to kill, or one that has ended.
     *
     * @param mark of the worker, or the service that looks for workers of earlier ones
     * @param sweeps scans for the processes that it has left; 0: the worker itself is killed
     * @param lost whether it is known by its mark alone, and nobody waits for its exit
     */
    private record Target(ProcessHandle worker, Mark mark, int sweeps, boolean lost) {

        Target again() {
            return new Target(worker, mark, sweeps + 1, lost);
        }
    }

    /** Which processes are looked for, by the value of {@link WorkerProcess#MARK_VARIABLE} in their environment. */
    private sealed interface Mark {
        Set<Long> of(Map<String, Set<Long>> marked);
    }

    private record OfWorker(String mark) implements Mark {
        @Override
        public Set<Long> of(Map<String, Set<Long>> marked) {
            return marked.getOrDefault(mark, Set.of());
        }
    }

    private record OfEarlier(ServiceMark service) implements Mark {
        @Override
        public Set<Long> of(Map<String, Set<Long>> marked) {
            Set<Long> found = new LinkedHashSet<>();
            marked.forEach((mark, pids) -> {
                if (service.isEarlier(mark)) {
                    found.addAll(pids);
                }
            });
            return found;
        }
    }

    private final Supplier<ProcessTable> processes;

    /** Guarded by this object's monitor, as are {@link #working} and {@link #urgent}. */
    private List<Target> condemned = new ArrayList<>();

    private boolean working;
    /** Whether the kill must not wait for more workers to be collected. */
    private boolean urgent;

    private final Spawner spawner;

    public ProcessKiller(Spawner spawner) {
        this(spawner, ProcessTable::read);
    }

    ProcessKiller(Spawner spawner, Supplier<ProcessTable> processes) {
        this.spawner = spawner;
        this.processes = processes;
    }

    /** Kills a worker, very soon. Never waits. */
    public synchronized void kill(ProcessHandle worker, String mark) {
        urgent = true;
        add(new Target(worker, new OfWorker(mark), 0, false));
    }

    /** Kills soon the processes that an ended worker has left. Never waits. */
    public synchronized void sweep(ProcessHandle worker, String mark) {
        add(new Target(worker, new OfWorker(mark), 1, false));
    }

    /**
     * Kills soon what is left of a start that failed after the process was there: the JDK got no thread to wait for its
     * exit, and gives no handle. Never waits.
     */
    synchronized void killLost(String mark) {
        add(new Target(ProcessHandle.current(), new OfWorker(mark), 1, true));
    }

    /** Kills very soon the processes that workers of earlier services have left. Never waits. */
    public synchronized void killEarlier(ServiceMark service) {
        urgent = true;
        add(new Target(ProcessHandle.current(), new OfEarlier(service), 1, false));
    }

    /** Does what waits for lack of a thread. Called once a worker has started, as there are threads then. Never waits. */
    synchronized void retry() {
        if (!condemned.isEmpty()) {
            begin();
        }
    }

    private synchronized void add(Target target) {
        condemned.add(target);
        notifyAll();
        begin();
        if (!working && target.sweeps == 0) {
            target.worker.destroyForcibly(); // the processes that it has started are found with the next one
        }
    }

    private synchronized void begin() {
        if (working) {
            return;
        }
        try {
            spawner.start(Thread.ofPlatform().daemon().name("motorpool-killer").unstarted(this::work));
            working = true;
        } catch (Throwable noThread) {
            // What is condemned stays until the next time.
        }
    }

    /** Waits until nothing is left to kill. Returns false on timeout. */
    public synchronized boolean awaitIdle(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        urgent = true;
        notifyAll();
        for (long left = limit.toNanos(); working && left > 0; left = deadline - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return !working;
    }

    private void work() {
        for (List<Target> next = take(); !next.isEmpty(); next = take()) {
            try {
                killAll(next);
            } catch (Throwable defect) {
                LOG.error("Processes that workers have started may not have been found", defect);
                next.stream().filter(each -> each.sweeps == 0).forEach(each -> each.worker.destroyForcibly());
            }
        }
    }

    private synchronized List<Target> take() {
        long deadline = System.nanoTime() + GATHER_NANOS;
        try {
            long left = GATHER_NANOS;
            while (!condemned.isEmpty() && !urgent && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
                left = deadline - System.nanoTime();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        urgent = false;
        List<Target> taken = condemned;
        condemned = new ArrayList<>();
        working = !taken.isEmpty();
        notifyAll();
        return taken;
    }

    /** The descendants have to be known before the first of them is killed. */
    private void killAll(List<Target> targets) {
        ProcessTable table = processes.get();
        for (Target target : targets) {
            if (target.sweeps == 0) {
                Set<Long> family = table.family(target.worker.pid());
                if (target.worker.isAlive()) {
                    ProcessGroup.kill(target.worker.pid());
                }
                target.worker.destroyForcibly();
                destroy(family);
            }
        }
        if (targets.stream().anyMatch(each -> each.sweeps > 0)) {
            Map<String, Set<Long>> marked = table.byVariable(WorkerProcess.MARK_VARIABLE);
            targets.forEach(each -> sweep(each, table, each.mark.of(marked)));
        }
    }

    private void sweep(Target target, ProcessTable table, Set<Long> marked) {
        if (target.sweeps == 0) {
            return;
        }
        Set<Long> found = new LinkedHashSet<>(marked);
        long pid = target.worker.pid();
        // The pid of an ended worker may have been reused, unless its session has members.
        if (ProcessHandle.of(pid).isEmpty()) {
            found.addAll(table.family(pid));
        }
        table.addDescendants(found);
        destroy(found);
        if (target.lost) {
            marked.forEach(ProcessKiller::reap);
        }
        if (target.sweeps < (target.lost ? LOST_SWEEPS : MOST_SWEEPS) && found.isEmpty() == target.lost) {
            add(target.again());
        }
    }

    /** Waits, for a moment, for the exit of a child that was killed, so that no zombie stays. */
    private static void reap(long pid) {
        for (int i = 0; i < MOST_REAPS && !ProcessGroup.reap(pid); i++) {
            LockSupport.parkNanos(REAP_NANOS);
        }
    }

    private static void destroy(Set<Long> pids) {
        for (Long pid : pids) {
            Optional<ProcessHandle> process = ProcessHandle.of(pid);
            if (process.isPresent()) {
                process.get().destroyForcibly();
            }
        }
    }
}
