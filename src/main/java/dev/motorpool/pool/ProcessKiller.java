package dev.motorpool.pool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills workers and all they have started, also what has left their process groups. To find that takes a look at all
 * processes, which is slow; so it is done on a thread of its own, which lives while there is something to kill, and
 * looks once for all that is to be killed by then.
 */
final class ProcessKiller {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessKiller.class);

    /** All processes that descend from this one. */
    private final Supplier<Stream<ProcessHandle>> descendants;

    /** Guarded by this object's monitor, as is {@link #working}. */
    private List<ProcessHandle> condemned = new ArrayList<>();

    private boolean working;

    private final Spawner spawner;

    ProcessKiller(Spawner spawner) {
        this(spawner, () -> ProcessHandle.current().descendants());
    }

    ProcessKiller(Spawner spawner, Supplier<Stream<ProcessHandle>> descendants) {
        this.spawner = spawner;
        this.descendants = descendants;
    }

    /** Kills a worker, very soon. Never waits. */
    synchronized void kill(ProcessHandle worker) {
        condemned.add(worker);
        if (working) {
            return;
        }
        try {
            spawner.start(Thread.ofPlatform().daemon().name("motorpool-killer").unstarted(this::work));
            working = true;
        } catch (Throwable noThread) {
            worker.destroyForcibly(); // what it has started is found with the next one
        }
    }

    private void work() {
        for (List<ProcessHandle> next = take(); !next.isEmpty(); next = take()) {
            try {
                killAll(next);
            } catch (Throwable defect) {
                LOG.error("What workers have started may not have been found", defect);
                next.forEach(ProcessHandle::destroyForcibly);
            }
        }
    }

    private synchronized List<ProcessHandle> take() {
        List<ProcessHandle> taken = condemned;
        condemned = new ArrayList<>();
        working = !taken.isEmpty();
        return taken;
    }

    /** Who descends from whom has to be known before the first of them is killed. */
    private void killAll(List<ProcessHandle> workers) {
        Map<Long, List<ProcessHandle>> children = new HashMap<>();
        descendants.get().forEach(process -> {
            Optional<ProcessHandle> parent = process.parent();
            if (parent.isPresent()) {
                children.computeIfAbsent(parent.get().pid(), pid -> new ArrayList<>())
                        .add(process);
            }
        });
        for (ProcessHandle worker : workers) {
            List<ProcessHandle> found = new ArrayList<>(List.of(worker));
            for (int i = 0; i < found.size(); i++) {
                found.addAll(children.getOrDefault(found.get(i).pid(), List.of()));
            }
            if (worker.isAlive()) {
                ProcessGroup.kill(worker.pid());
            }
            found.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
