package dev.motorpool.pool.process;

import dev.motorpool.runtime.WorkerTemplate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The template processes of a service: one for each runtime whose workers are forked, while it has some. */
public final class Templates implements AutoCloseable {

    /** Templates that may be lost while one worker is forked; then it is spawned. */
    private static final int TRIES = 3;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final WorkerHost host;
    private final Duration startLimit;

    /** By runtime. Guarded by this, as all below. */
    private final Map<String, Template> current = new HashMap<>();

    /** Those whose processes may not have ended. */
    private final List<Template> all = new ArrayList<>();

    private long numbered;
    private boolean closed;

    /** @param startLimit how long a template may load sources */
    public Templates(WorkerHost host, Duration startLimit) {
        this.host = host;
        this.startLimit = startLimit;
    }

    /**
     * Forks a worker. Starts a template if there is none of its version.
     *
     * @param environment the worker's whole environment
     * @param wanted whether the worker is still needed
     * @return null: the worker has to be spawned
     * @throws IOException if it cannot be started at all
     */
    @Nullable
    Process fork(WorkerTemplate how, Map<String, String> environment, BooleanSupplier wanted)
            throws IOException, InterruptedException {
        for (int i = 0; i < TRIES; i++) {
            Template template = template(how);
            if (template == null) {
                return null;
            }
            try {
                return template.fork(environment, wanted);
            } catch (Template.LostException another) {
                if (!wanted.getAsBoolean()) {
                    throw new IOException("it is not needed any more", another);
                }
            }
        }
        return null;
    }

    /** The template of this version; null if there is a later one. */
    private synchronized @Nullable Template template(WorkerTemplate how) throws IOException {
        if (closed) {
            throw new IOException("the service is stopping");
        }
        Template known = current.get(how.runtime());
        if (known != null) {
            long version = known.how().version();
            if (version > how.version()) {
                return null;
            }
            if (version == how.version() && !known.isOver()) {
                return known;
            }
            known.retire();
        }
        Template made = new Template(
                how,
                "template-" + how.runtime() + "-" + ++numbered,
                startLimit,
                host.timers(),
                (id, command, listener) -> WorkerProcess.template(id, host, command, listener));
        current.put(how.runtime(), made);
        all.removeIf(Template::hasGone);
        all.add(made);
        made.start();
        return made;
    }

    /** The runtime has other sources: what was forked runs on, and what comes is forked from another template. */
    public synchronized void retire(String runtime) {
        Template known = current.get(runtime);
        if (known != null) {
            known.retire();
        }
    }

    /** Ends all templates. Waits for them, but not long. */
    @Override
    public void close() {
        List<Template> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(all);
        }
        left.forEach(Template::close);
        long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
        try {
            for (Template template : left) {
                template.awaitGone(Math.max(0, deadline - System.nanoTime()));
            }
            for (Template killed : left) {
                killed.awaitGone(CLOSE_LIMIT.toNanos());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
