package dev.motorpool.pool.process;

import dev.motorpool.pool.timer.Timers;
import dev.motorpool.runtime.AcceptedOrders;
import dev.motorpool.runtime.WorkerCommand;
import dev.motorpool.runtime.WorkerTemplate;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The operating system's side of one worker: process, pipes and the three threads that serve them. It has no notion of
 * calls.
 *
 * <pre>
 *   send() -> outbox -> writer thread -> pipe -> worker -> pipe -> reader thread -> Listener
 *                                                  | stderr -> output thread -> StderrTail
 * </pre>
 *
 * The reader thread manages the life cycle: it starts the other two, spawns the process, reads to the end of the pipe,
 * waits for the exit and reports the end. Two other events report the end where the reader cannot. One is the exit of
 * the process, if the end of the pipe does not follow, because an unreachable process that the worker has started still
 * holds it. The other is a kill without effect. The first report counts, and nothing is reported after it.
 */
public final class WorkerProcess implements WorkerLink {

    /** The variable that marks all processes that a worker has started, unless they remove it. */
    static final String MARK_VARIABLE = "MOTORPOOL_WORKER";

    private static final int BATCH = 256;
    private static final int STACK_BYTES = 256 * 1024;
    /** Time for a killed process to exit; after that it counts as gone. */
    private static final long EXIT_SECONDS = 5;

    private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(EXIT_SECONDS + 1);
    /** Time for the end of the pipes to follow the exit; their contents are read by then. */
    private static final long PIPE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long WORDS_MILLIS = 250;

    private final String id;
    private final WorkerHost host;
    private final Callable<WorkerCommand> command;
    /** Forks workers that may be forked; null: this one is spawned. */
    private final @Nullable Templates templates;
    /** Whether it is a template: its children are workers of their own, which a kill must not take along. */
    private final boolean template;

    private final Listener listener;
    private final String mark;
    private final Outbox outbox = new Outbox();
    private final StderrTail stderrTail = new StderrTail();

    /** The process, for the threads that serve its pipes; null if it will never exist. */
    private final CompletableFuture<@Nullable Process> running = new CompletableFuture<>();

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by lock. */
    private boolean killed;
    /** Guarded by lock; set once by the reader thread. */
    private @Nullable Process process;

    /**
     * Where the worker may store how many orders it has accepted. Set once by the reader thread; null if there is no
     * such file.
     */
    private volatile @Nullable AcceptedOrders accepted;

    /** Whether the worker has announced its exit; written by the reader thread. */
    private volatile boolean announced;

    /** Whether the scan for processes that the worker has left was requested. */
    private final AtomicBoolean swept = new AtomicBoolean();

    /** Held while the listener is called: one event after another. */
    private final ReentrantLock telling = new ReentrantLock();
    /** Whether the end has been reported; guarded by telling. */
    private boolean over;

    /** A worker that is spawned. */
    public WorkerProcess(String id, WorkerHost host, Callable<WorkerCommand> command, Listener listener) {
        this(id, host, command, null, false, listener);
    }

    /** A worker that is forked, if its command says so. */
    public WorkerProcess(
            String id, WorkerHost host, Callable<WorkerCommand> command, Templates templates, Listener listener) {
        this(id, host, command, templates, false, listener);
    }

    static WorkerProcess template(String id, WorkerHost host, Callable<WorkerCommand> command, Listener listener) {
        return new WorkerProcess(id, host, command, null, true, listener);
    }

    private WorkerProcess(
            String id,
            WorkerHost host,
            Callable<WorkerCommand> command,
            @Nullable Templates templates,
            boolean template,
            Listener listener) {
        this.id = id;
        this.host = host;
        this.mark = host.mark().next();
        this.command = command;
        this.templates = templates;
        this.template = template;
        this.listener = listener;
    }

    /** Any failure at the start is reported as its end. */
    @Override
    public void start() {
        try {
            host.spawner().start(thread("reader", this::live));
        } catch (Throwable cannot) {
            end(ExitStatus.UNKNOWN, cannotStart(cannot));
        }
    }

    @Override
    public long send(Message.Order order) {
        return outbox.add(order);
    }

    @Override
    public long accepted() {
        AcceptedOrders stored = accepted;
        return stored == null ? 0 : stored.count();
    }

    @Override
    public void kill() {
        Process target;
        lock.lock();
        try {
            killed = true;
            target = process;
        } finally {
            lock.unlock();
        }
        Timers.Timer _ = host.timers().afterActive(GONE_NANOS, () -> end(ExitStatus.UNKNOWN, null));
        if (target != null) {
            kill(target);
        }
    }

    private void kill(Process target) {
        if (template) {
            boolean _ = target.toHandle().destroyForcibly();
        } else {
            host.killer().kill(target.toHandle(), mark);
        }
    }

    private boolean wanted() {
        lock.lock();
        try {
            return !killed;
        } finally {
            lock.unlock();
        }
    }

    private void live() {
        try {
            serve();
        } catch (Throwable defect) {
            // The end must be reported in any case: the pool waits for it.
            try {
                kill();
            } finally {
                end(ExitStatus.UNKNOWN, "could not be served: " + defect);
            }
        }
    }

    private void serve() {
        Thread writer = thread("writer", () -> serve(process -> outbox.writeTo(process.getOutputStream())));
        Thread output = thread("output", () -> serve(process -> stderrTail.drain(process.getErrorStream())));
        Process started;
        try {
            WorkerCommand how = command.call();
            host.spawner().start(writer);
            host.spawner().start(output);
            started = begin(how);
        } catch (InterruptedException interrupted) {
            end(ExitStatus.UNKNOWN, "was interrupted at its start");
            return;
        } catch (Throwable cannot) {
            if (cannot instanceof Error) {
                host.killer().killLost(mark);
            }
            end(ExitStatus.UNKNOWN, cannotStart(cannot));
            return;
        } finally {
            running.complete(process());
        }
        tell(() -> listener.spawned(started.toHandle()));
        CompletableFuture<Void> _ = started.onExit().thenAccept(this::exited);

        String fault = read(started);
        tell(listener::closing);
        if (fault != null) {
            kill(started);
        }
        ExitStatus status = awaitExit(started);
        closeReports(started);
        join(output, WORDS_MILLIS);
        if (!started.isAlive()) {
            sweep(started);
        }
        end(status, fault);
    }

    private static void closeReports(Process ended) {
        try {
            ended.getInputStream().close();
        } catch (IOException unimportant) {
            // It has been read as far as it could be.
        }
    }

    private static String cannotStart(Throwable cannot) {
        String why = cannot.getMessage();
        return "cannot be started: " + (why == null ? cannot : why);
    }

    /** Serves a pipe of the process, once that is there. */
    private void serve(Consumer<Process> pipe) {
        Process started = running.join();
        if (started != null) {
            pipe.accept(started);
        }
    }

    /** The process has exited. The rest of its group is killed, including processes that may still hold its pipes. */
    private void exited(Process gone) {
        Timers.Timer _ =
                host.timers().afterActive(PIPE_NANOS, () -> end(ExitStatus.of(gone.exitValue(), announced), null));
        ProcessGroup.killRemains(gone.pid());
        sweep(gone);
        tell(listener::closing);
    }

    /** Kills the processes that the worker has left, before its end is reported if possible. */
    private void sweep(Process gone) {
        if (swept.compareAndSet(false, true)) {
            host.killer().sweep(gone.toHandle(), mark);
        }
    }

    /** Reports the end, unless that has been done. The threads end by themselves, with the pipes that they serve. */
    private void end(ExitStatus status, @Nullable String fault) {
        telling.lock();
        try {
            if (!over) {
                over = true;
                listener.ended(status, fault, stderrTail.text());
            }
        } finally {
            telling.unlock();
            outbox.close();
            AcceptedOrders stored = accepted;
            if (stored != null) {
                stored.close();
            }
        }
    }

    private void tell(Runnable event) {
        telling.lock();
        try {
            if (!over) {
                event.run();
            }
        } finally {
            telling.unlock();
        }
    }

    private @Nullable Process process() {
        lock.lock();
        try {
            return process;
        } finally {
            lock.unlock();
        }
    }

    private Process begin(WorkerCommand how) throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>(how.environment());
        environment.put(MARK_VARIABLE, mark);
        AcceptedOrders stored = AcceptedOrders.create();
        if (stored != null) {
            accepted = stored;
            stored.nameIn(environment);
        }
        Process started = forked(how.template(), environment);
        if (started == null) {
            started = spawned(how, environment);
        }
        boolean unwanted;
        lock.lock();
        try {
            process = started;
            unwanted = killed;
        } finally {
            lock.unlock();
        }
        if (unwanted) {
            kill(started);
        }
        host.killer().retry();
        return started;
    }

    private @Nullable Process forked(@Nullable WorkerTemplate from, Map<String, String> environment)
            throws IOException, InterruptedException {
        return templates == null || from == null ? null : templates.fork(from, environment, this::wanted);
    }

    private Process spawned(WorkerCommand how, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(how.command());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return host.spawner().start(builder);
    }

    /** Reads to the end. Returns what was wrong, or null. */
    private @Nullable String read(Process from) {
        try {
            FrameCodec.Reader reader = new FrameCodec.Reader(from.getInputStream(), host.frameLimit());
            boolean more = readSome(reader);
            AcceptedOrders stored = accepted;
            if (stored != null) {
                stored.removeName();
            }
            while (more) {
                more = readSome(reader);
            }
            return null;
        } catch (FrameCodec.BrokenProtocolException broken) {
            return "broke the protocol: " + broken.getMessage();
        } catch (IOException gone) {
            return null;
        }
    }

    /**
     * Waits for messages and passes them on. Returns false at the end. This is a method of its own so that the thread's
     * stack does not hold the last messages, which may be large, until the next ones come.
     */
    private boolean readSome(FrameCodec.Reader reader) throws IOException {
        Message first = reader.read();
        if (first == null) {
            return false;
        }
        List<Message.Report> batch = new ArrayList<>();
        add(batch, first);
        while (batch.size() < BATCH && reader.ready()) {
            Message next = reader.read();
            if (next == null) {
                break;
            }
            add(batch, next);
        }
        if (!batch.isEmpty()) {
            tell(() -> listener.received(batch));
        }
        return true;
    }

    private void add(List<Message.Report> batch, Message message) throws FrameCodec.BrokenProtocolException {
        switch (message) {
            case Message.Report report -> {
                announced = announced || report instanceof Message.Leaving;
                batch.add(report);
            }
            case Message.Order order ->
                throw new FrameCodec.BrokenProtocolException(
                        "it sent a " + order.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT)
                                + ", which only the service sends");
        }
    }

    /**
     * A worker whose pipe has ended is of no use. It gets a moment to exit by itself, so that its exit code is known.
     */
    private ExitStatus awaitExit(Process ending) {
        try {
            if (!ending.waitFor(announced ? 1000 : 250, TimeUnit.MILLISECONDS)) {
                kill(ending);
                if (!ending.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
                    return ExitStatus.UNKNOWN;
                }
            }
            return ExitStatus.of(ending.exitValue(), announced);
        } catch (InterruptedException stop) {
            kill(ending);
            Thread.currentThread().interrupt();
            return ExitStatus.UNKNOWN;
        }
    }

    private Thread thread(String part, Runnable body) {
        return Thread.ofPlatform()
                .daemon()
                .name("motorpool-" + id + "-" + part)
                .stackSize(STACK_BYTES)
                .unstarted(body);
    }

    private static void join(Thread thread, long millis) {
        try {
            thread.join(millis);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
