package dev.motorpool.pool.process;

import dev.motorpool.pool.timer.Timers;
import dev.motorpool.runtime.WorkerTemplate;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that has loaded the sources of a runtime, and forks its workers. It ends when it is retired, when no worker
 * has needed it for a while, or by itself. Its workers run on.
 */
final class Template implements WorkerLink.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Template.class);

    /** Signals are told from exit codes by this, as in {@link Process#exitValue()}. */
    private static final int SIGNAL_BASE = 128;

    /** A fork takes this part of the time for a start at most. */
    private static final int FORK_SHARE = 4;
    /** Time for a template to end by itself. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    /** Long enough for the successor of a worker that has ended. */
    private static final Duration UNUSED = Duration.ofSeconds(3);

    private static final long LOOK_MILLIS = 20;

    /** The template has ended, or had to be ended; another one may do better. */
    static final class LostException extends Exception {
        private static final long serialVersionUID = 1L;

        LostException(String message) {
            super(message);
        }
    }

    private final WorkerTemplate how;
    private final Duration startLimit;
    private final Timers timers;
    private final WorkerLink link;

    /** Whether it can fork; fails if it has ended before, or could not load a source. */
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    /** All below is guarded by this. */
    private final Map<Long, CompletableFuture<Message.Forked>> asked = new HashMap<>();

    private final Map<Long, ForkedProcess> workers = new HashMap<>();
    private @Nullable ProcessHandle process;
    private long forks;
    /** Threads in {@link #fork}. */
    private int forking;

    /** Whether it is to end once nothing uses it. */
    private boolean retired;
    /** Whether it was told to end. */
    private boolean stopped;
    /** Whether its pipe or process has ended. */
    private boolean closing;
    /** Counts the times that it became unused, so that only the last one ends it. */
    private int idle;

    /** @param links starts its process */
    Template(WorkerTemplate how, String id, Duration startLimit, Timers timers, WorkerLink.Factory links) {
        this.how = how;
        this.startLimit = startLimit;
        this.timers = timers;
        this.link = links.link(id, how::start, this);
    }

    WorkerTemplate how() {
        return how;
    }

    void start() {
        link.start();
    }

    /** Whether its workers have to be spawned. */
    private boolean cannotFork() {
        return ready.isDone() && !ready.isCompletedExceptionally() && !ready.join();
    }

    /** Whether another one is needed in its place. */
    synchronized boolean isOver() {
        return !cannotFork() && (retired || closing || ready.isCompletedExceptionally());
    }

    boolean hasGone() {
        return gone.isDone();
    }

    /**
     * Forks a worker, once the sources have been loaded.
     *
     * @param environment the worker's whole environment
     * @param wanted whether the worker is still needed
     * @return null: it has to be spawned
     * @throws IOException if it cannot be started at all
     * @throws LostException if the template has ended
     */
    @Nullable
    ForkedProcess fork(Map<String, String> environment, BooleanSupplier wanted)
            throws IOException, LostException, InterruptedException {
        if (cannotFork()) {
            return null;
        }
        enter();
        try {
            return await(ready, startLimit, wanted) ? forkNow(environment, wanted) : null;
        } catch (TimeoutException tooLong) {
            link.kill();
            throw new IOException("its template was not ready " + startLimit.toMillis() + " ms after its start");
        } finally {
            leave();
        }
    }

    private synchronized void enter() throws LostException {
        if (isOver()) {
            throw new LostException("it ends");
        }
        forking++;
    }

    private synchronized void leave() {
        forking--;
        unused();
    }

    /** Ends it soon if nothing uses it. Guarded by this. */
    private void unused() {
        if (forking > 0 || !workers.isEmpty()) {
            return;
        }
        if (retired) {
            stop();
        } else {
            int now = ++idle;
            Timers.Timer _ = timers.after(UNUSED.toNanos(), () -> retireIfIdle(now));
        }
    }

    private synchronized void retireIfIdle(int since) {
        if (idle == since && forking == 0 && workers.isEmpty()) {
            retire();
        }
    }

    /** Forks no more workers than those that are being forked, and ends with the last one, whose exit it reports. */
    synchronized void retire() {
        retired = true;
        unused();
    }

    /** Guarded by this. */
    private void stop() {
        if (stopped || closing) {
            return;
        }
        stopped = true;
        if (ready.isDone()) {
            long _ = link.send(new Message.Stop());
            Timers.Timer _ = timers.afterActive(STOP_LIMIT.toNanos(), this::kill);
        } else {
            kill(); // it loads sources and reads no orders
        }
    }

    private void kill() {
        if (!gone.isDone()) {
            link.kill();
        }
    }

    /** Ends it, whatever it does. */
    void close() {
        fail("the service is stopping");
        synchronized (this) {
            retired = true;
            stop();
        }
    }

    /** Waits until it has ended; kills it when the time is over. */
    void awaitGone(long nanos) throws InterruptedException {
        try {
            gone.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException tooLong) {
            kill();
        }
    }

    private @Nullable ForkedProcess forkNow(Map<String, String> environment, BooleanSupplier wanted)
            throws IOException, LostException, InterruptedException {
        CompletableFuture<Message.Forked> answer = new CompletableFuture<>();
        long id;
        synchronized (this) {
            id = ++forks;
            asked.put(id, answer);
        }
        long _ = link.send(new Message.Fork(id, difference(environment)));
        try {
            return opened(await(answer, startLimit.dividedBy(FORK_SHARE), wanted));
        } catch (TimeoutException hangs) {
            link.kill();
            throw new LostException("it does not fork");
        } finally {
            forget(id, answer);
        }
    }

    /** The template's ends of the pipes are needed no more. */
    private void forget(long id, CompletableFuture<Message.Forked> answer) {
        boolean forked;
        synchronized (this) {
            asked.remove(id);
            forked = answer.isDone() && !answer.isCompletedExceptionally();
        }
        if (forked) {
            long _ = link.send(new Message.Opened(id));
        }
    }

    /** What a worker's environment has beside or instead of the template's. */
    private Map<String, String> difference(Map<String, String> environment) {
        Map<String, String> variables = new HashMap<>(environment);
        variables.entrySet().removeAll(how.start().environment().entrySet());
        return variables;
    }

    /**
     * Opens the worker's pipes. The pid and the descriptors are what the template says they are: it waits for the exit
     * of a worker only after {@link Message.Opened}, and lives after they were opened.
     *
     * @return null if that is not permitted here
     */
    private @Nullable ForkedProcess opened(Message.Forked forked) throws LostException {
        ProcessHandle parent = process();
        ProcessHandle worker = ProcessHandle.of(forked.pid()).orElse(null);
        ForkedProcess made = worker == null ? null : ForkedProcess.open(worker, parent, forked.descriptors());
        boolean lives = parent.isAlive()
                && worker != null
                && worker.parent().filter(parent::equals).isPresent();
        if (lives && made == null) {
            return null;
        }
        synchronized (this) {
            if (lives && made != null && !gone.isDone()) {
                workers.put(forked.id(), made);
                return made;
            }
        }
        if (made != null) {
            made.closePipes();
        }
        throw new LostException("it ended when it had forked");
    }

    private synchronized ProcessHandle process() {
        return Objects.requireNonNull(process);
    }

    private static <T> T await(CompletableFuture<T> answer, Duration limit, BooleanSupplier wanted)
            throws IOException, LostException, InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException notYet) {
                if (!wanted.getAsBoolean()) {
                    throw new IOException("it is not needed any more");
                }
                if (System.nanoTime() - deadline > 0) {
                    throw notYet;
                }
            } catch (ExecutionException failed) {
                switch (failed.getCause()) {
                    case IOException cannot -> throw new IOException(cannot.getMessage(), cannot);
                    case null, default -> throw new LostException(String.valueOf(failed.getMessage()));
                }
            }
        }
    }

    @Override
    public synchronized void spawned(ProcessHandle started) {
        process = started;
    }

    @Override
    public void received(List<Message.Report> reports) {
        for (Message.Report report : reports) {
            switch (report) {
                case Message.Hello hello -> greet(hello);
                case Message.Forked forked -> forked(forked);
                case Message.Failed(long id, String message) -> failed(id, message);
                case Message.Exited exited -> exited(exited);
                default -> {}
            }
        }
    }

    private void greet(Message.Hello hello) {
        String fault = hello.fault();
        if (fault != null) {
            ready.completeExceptionally(new IOException(fault));
        } else {
            ready.complete(hello.features().contains(Message.Hello.FORK));
        }
        if (fault != null || cannotFork()) {
            retire();
        }
    }

    private void forked(Message.Forked forked) {
        synchronized (this) {
            CompletableFuture<Message.Forked> answer = asked.get(forked.id());
            if (answer != null && answer.complete(forked)) {
                return;
            }
        }
        long _ = link.send(new Message.Opened(forked.id())); // nobody waits for it: it sees the end of its orders
    }

    private synchronized void failed(long id, String message) {
        CompletableFuture<Message.Forked> answer = asked.get(id);
        if (answer != null) {
            answer.completeExceptionally(new IOException("its template cannot fork: " + message));
        }
    }

    private void exited(Message.Exited exited) {
        ForkedProcess worker;
        synchronized (this) {
            worker = workers.remove(exited.id());
            if (worker == null) {
                return;
            }
            unused();
        }
        Integer signal = exited.signal();
        Integer code = exited.exitCode();
        worker.exited(signal != null ? SIGNAL_BASE + signal : code == null ? 0 : code);
    }

    @Override
    public void closing() {
        synchronized (this) {
            closing = true;
        }
        fail("it has ended");
    }

    /** Those who wait for it do not wait any more. */
    private void fail(String why) {
        LostException lost = new LostException(why);
        ready.completeExceptionally(lost);
        synchronized (this) {
            asked.values().forEach(each -> each.completeExceptionally(lost));
        }
    }

    @Override
    public void ended(ExitStatus status, @Nullable String fault, String lastWords) {
        List<ForkedProcess> left;
        boolean planned;
        synchronized (this) {
            closing = true;
            gone.complete(null);
            planned = stopped;
            left = List.copyOf(workers.values());
            workers.clear();
        }
        fail("it has ended");
        left.forEach(ForkedProcess::orphaned);
        if (!planned) {
            LOG.warn("The template of {} workers {}", how.runtime(), fault == null ? status.sentence() : fault);
        }
    }
}
