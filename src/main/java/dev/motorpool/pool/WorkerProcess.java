package dev.motorpool.pool;

import dev.motorpool.runtime.WorkerCommand;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The operating system's side of one worker: process, pipes and the three threads that serve them. It knows nothing of
 * calls.
 *
 * <pre>
 *   send() -> outbox -> writer thread -> pipe -> worker -> pipe -> reader thread -> Listener
 *                                                  | stderr -> output thread -> LastWords
 * </pre>
 *
 * The reader thread owns the life: it spawns the process, starts the other two, reads to the end of the pipe, waits
 * for the exit, ends the other two, and reports the end as the last thing it does.
 */
final class WorkerProcess implements WorkerLink {

    private static final int BATCH = 256;
    /** What is gathered for one write. */
    private static final int WRITE_BYTES = 64 * 1024;

    private static final int STACK_BYTES = 256 * 1024;
    private static final long EXIT_SECONDS = 5;

    private final String id;
    private final Callable<WorkerCommand> command;
    private final int frameLimit;
    private final Listener listener;
    private final LastWords lastWords = new LastWords();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    /** Guarded by lock. */
    private ArrayDeque<Message.Order> outbox = new ArrayDeque<>();
    /** Guarded by lock. */
    private boolean closed;
    /** Guarded by lock. */
    private boolean killed;
    /** Guarded by lock; set once by the reader thread. */
    private @Nullable Process process;

    WorkerProcess(String id, Callable<WorkerCommand> command, int frameLimit, Listener listener) {
        this.id = id;
        this.command = command;
        this.frameLimit = frameLimit;
        this.listener = listener;
    }

    @Override
    public void start() {
        thread("reader", this::live).start();
    }

    @Override
    public void send(Message.Order order) {
        lock.lock();
        try {
            if (!closed) {
                outbox.add(order);
                wake.signal();
            }
        } finally {
            lock.unlock();
        }
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
        if (target != null) {
            ProcessGroup.kill(target.toHandle());
        }
    }

    private void live() {
        try {
            serve();
        } catch (Throwable defect) {
            // Whatever happens here, the pool hears of the end: it waits for that.
            kill();
            listener.ended(ExitStatus.UNKNOWN, "could not be served: " + defect, lastWords.text());
        }
    }

    private void serve() {
        Process started;
        try {
            started = spawn(command.call());
        } catch (InterruptedException interrupted) {
            listener.ended(ExitStatus.UNKNOWN, "the start was interrupted", "");
            return;
        } catch (Exception cannot) {
            listener.ended(ExitStatus.UNKNOWN, "cannot be started: " + cannot.getMessage(), "");
            return;
        }
        Thread writer = thread("writer", () -> write(started.getOutputStream()));
        Thread output = thread("output", () -> lastWords.drain(started.getErrorStream()));
        writer.start();
        output.start();
        listener.spawned(started.toHandle());

        boolean[] announced = {false};
        String fault = read(started, announced);
        if (fault != null) {
            ProcessGroup.kill(started.toHandle());
        }
        ExitStatus status = awaitExit(started, announced[0]);
        closeOutbox();
        join(writer);
        join(output);
        listener.ended(status, fault, lastWords.text());
    }

    private Process spawn(WorkerCommand how) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(how.command());
        builder.environment().clear();
        builder.environment().putAll(how.environment());
        Process started = builder.start();
        boolean unwanted;
        lock.lock();
        try {
            process = started;
            unwanted = killed;
        } finally {
            lock.unlock();
        }
        if (unwanted) {
            ProcessGroup.kill(started.toHandle());
        }
        return started;
    }

    /** Reads to the end; answers what was wrong, or null. */
    private @Nullable String read(Process from, boolean[] announced) {
        try {
            FrameCodec.Reader reader = new FrameCodec.Reader(from.getInputStream(), frameLimit);
            for (Message first = reader.read(); first != null; first = reader.read()) {
                List<Message.Report> batch = new ArrayList<>();
                add(batch, first, announced);
                while (batch.size() < BATCH && reader.ready()) {
                    Message next = reader.read();
                    if (next == null) {
                        break;
                    }
                    add(batch, next, announced);
                }
                if (!batch.isEmpty()) {
                    listener.received(batch);
                }
            }
            return null;
        } catch (FrameCodec.BrokenProtocolException broken) {
            return "broke the protocol: " + broken.getMessage();
        } catch (IOException gone) {
            return null;
        }
    }

    private static void add(List<Message.Report> batch, Message message, boolean[] announced)
            throws FrameCodec.BrokenProtocolException {
        switch (message) {
            case Message.Leaving leaving -> announced[0] = true;
            case Message.Report report -> batch.add(report);
            case Message.Order order ->
                throw new FrameCodec.BrokenProtocolException(
                        "it sent a " + order.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT)
                                + ", which only the service sends");
        }
    }

    /** A worker whose pipe has ended is of no use: it gets a moment to exit by itself, so that its exit code is known. */
    private ExitStatus awaitExit(Process ending, boolean announced) {
        boolean interrupted = false;
        try {
            if (!ending.waitFor(announced ? 1000 : 250, TimeUnit.MILLISECONDS)) {
                ProcessGroup.kill(ending.toHandle());
                if (!ending.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
                    return ExitStatus.UNKNOWN;
                }
            }
            return ExitStatus.of(ending.exitValue(), announced);
        } catch (InterruptedException stop) {
            interrupted = true;
            ProcessGroup.kill(ending.toHandle());
            return ExitStatus.UNKNOWN;
        } finally {
            ProcessGroup.killRemains(ending.pid());
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void write(OutputStream out) {
        FrameCodec.GrowingBuffer buffer = new FrameCodec.GrowingBuffer();
        try (out) {
            for (ArrayDeque<Message.Order> orders = takeOrders(); orders != null; orders = takeOrders()) {
                for (Message.Order order : orders) {
                    FrameCodec.encode(order, buffer);
                    if (buffer.size() > WRITE_BYTES) {
                        buffer.drainTo(out);
                    }
                }
                buffer.drainTo(out);
                out.flush();
            }
        } catch (IOException ended) {
            // The reader sees the end of the process and reports it.
        }
    }

    /** Waits for orders; null once closed. */
    private @Nullable ArrayDeque<Message.Order> takeOrders() {
        lock.lock();
        try {
            while (outbox.isEmpty() && !closed) {
                wake.awaitUninterruptibly();
            }
            if (closed) {
                return null;
            }
            ArrayDeque<Message.Order> taken = outbox;
            outbox = new ArrayDeque<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void closeOutbox() {
        lock.lock();
        try {
            closed = true;
            outbox.clear();
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    private Thread thread(String part, Runnable body) {
        return Thread.ofPlatform()
                .daemon()
                .name("motorpool-" + id + "-" + part)
                .stackSize(STACK_BYTES)
                .unstarted(body);
    }

    private static void join(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(EXIT_SECONDS));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
