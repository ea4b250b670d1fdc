package dev.motorpool.runtime;

import dev.motorpool.json.RawJson;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

/** A worker process under test; the test acts as the service. Closing it leaves no process behind. */
@Tag("service")
public final class WorkerUnderTest implements AutoCloseable {

    private static final int FRAME_LIMIT = 17 * 1024 * 1024;
    private static final long PATIENCE_SECONDS = 30;

    /** Written by the thread that reads its reports, before the reports that follow. */
    private volatile long accepted;

    private final @Nullable AcceptedOrders stored;
    private final Process process;
    private final OutputStream out;
    private final FrameCodec.GrowingBuffer buffer = new FrameCodec.GrowingBuffer();
    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> words;
    private final CompletableFuture<Void> ended;

    public WorkerUnderTest(WorkerCommand command) throws IOException {
        this(command, AcceptedOrders.create());
    }

    /** @param stored where the worker may store what it accepts; null: nowhere */
    WorkerUnderTest(WorkerCommand command, @Nullable AcceptedOrders stored) throws IOException {
        this.stored = stored;
        ProcessBuilder builder = new ProcessBuilder(command.command());
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        builder.environment().put("MOTORPOOL_WORKER", "worker-" + java.util.UUID.randomUUID());
        if (stored != null) {
            stored.nameIn(builder.environment());
        }
        process = builder.start();
        out = process.getOutputStream();
        words = CompletableFuture.supplyAsync(
                this::readWords, task -> Thread.ofPlatform().daemon().start(task));
        ended = CompletableFuture.runAsync(
                this::read, task -> Thread.ofPlatform().daemon().start(task));
    }

    public Process process() {
        return process;
    }

    public void send(Message... orders) throws IOException {
        for (Message order : orders) {
            FrameCodec.encode(order, buffer);
        }
        buffer.drainTo(out);
        out.flush();
    }

    public void call(long id, String function, String args) throws IOException {
        send(new Message.Call(id, 1, function, RawJson.of(args), RawJson.EMPTY_OBJECT, false));
    }

    /** The next report; fails if there is none for long. */
    public Message receive() throws InterruptedException {
        Object next = next();
        if (next instanceof Message message) {
            return message;
        }
        throw new AssertionError("instead of a message: " + next + "; the worker said: " + wordsSoFar());
    }

    public <T extends Message> T receive(Class<T> type) throws InterruptedException {
        Message message = receive();
        if (!type.isInstance(message)) {
            throw new AssertionError("not a " + type.getSimpleName() + " but " + message);
        }
        return type.cast(message);
    }

    /** Whether a report comes within this many milliseconds; it stays to be received. */
    public boolean silentFor(long milliseconds) throws InterruptedException {
        Object next = received.poll(milliseconds, TimeUnit.MILLISECONDS);
        if (next == null) {
            return true;
        }
        throw new AssertionError("a report came: " + next);
    }

    /** What ended the stream of reports: {@code end}, or why it was broken; fails if something else comes. */
    public String receiveEnd() throws InterruptedException {
        Object next = next();
        if (next instanceof String end) {
            return end;
        }
        throw new AssertionError("instead of the end: " + next);
    }

    /** How many orders it has accepted, whichever way it shows that. */
    public long accepted() {
        return Math.max(accepted, stored == null ? 0 : stored.count());
    }

    /** How many orders it has accepted by messages. */
    public long acceptedByMessage() {
        return accepted;
    }

    /** Closes the way in, as the end of the service would. */
    public void closeOrders() throws IOException {
        out.close();
    }

    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the worker is still there; it said: " + wordsSoFar());
        }
        return process.exitValue();
    }

    /** All that the worker printed, once it has ended. */
    public String words() {
        return words.join();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
        process.onExit().join();
        ended.join();
        words.join();
        if (stored != null) {
            stored.close();
        }
    }

    private Object next() throws InterruptedException {
        Object next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no report came; the worker said: " + wordsSoFar());
        }
        return next;
    }

    private @Nullable String wordsSoFar() {
        return words.getNow("(not yet known)");
    }

    private void read() {
        try {
            FrameCodec.Reader reports = new FrameCodec.Reader(process.getInputStream(), FRAME_LIMIT);
            for (Message message = reports.read(); message != null; message = reports.read()) {
                if (message instanceof Message.Accepted(long orders)) {
                    accepted = orders;
                } else {
                    received.add(message);
                }
            }
            received.add("end");
        } catch (IOException broken) {
            received.add(String.valueOf(broken.getMessage()));
        }
    }

    private String readWords() {
        try {
            return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException ended) {
            return "";
        }
    }
}
