package dev.motorpool.conform;

import dev.motorpool.pool.process.ExitStatus;
import dev.motorpool.pool.process.ProcessKiller;
import dev.motorpool.pool.process.StderrTail;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A worker process and its pipes. One thread runs the check and calls all methods; a second one writes orders, so that
 * a worker that does not read them is noticed, a third reads reports, and a fourth what the worker prints.
 */
final class CheckedWorker implements AutoCloseable {

    private static final Duration KILL = Duration.ofSeconds(30);

    private final Process process;
    private final String mark;
    private final ProcessKiller killer;
    private final Patience patience;
    private final OutputStream out;
    private final ExecutorService writer;
    private final ReportReader reports;
    private final StderrTail printed = new StderrTail();
    private final Thread output;
    private final Transcript transcript = new Transcript();

    private long accepted;
    private boolean left;

    CheckedWorker(ProcessBuilder builder, String mark, Trial.Parts parts) throws IOException {
        this.mark = mark;
        this.killer = parts.killer();
        this.patience = parts.patience();
        Spawner spawner = parts.spawner();
        process = spawner.start(builder);
        out = process.getOutputStream();
        writer = Executors.newSingleThreadExecutor(task -> thread("writer", task));
        reports = new ReportReader(process.getInputStream(), parts.frameLimit());
        output = thread("output", () -> printed.drain(process.getErrorStream()));
        spawner.start(output);
        spawner.start(thread("reader", reports::read));
    }

    private static Thread thread(String part, Runnable body) {
        return Thread.ofPlatform().daemon().name("motorpool-conform-" + part).unstarted(body);
    }

    Process process() {
        return process;
    }

    Transcript transcript() {
        return transcript;
    }

    /** The end of what the worker has printed. */
    String printed() {
        return printed.text();
    }

    /** Sends orders in one piece. */
    void send(String... orders) throws UnmetException, InterruptedException {
        byte[][] frames = new byte[orders.length][];
        for (int i = 0; i < orders.length; i++) {
            frames[i] = Frames.of(orders[i]);
        }
        send(Frames.concat(frames));
    }

    /** Writes bytes in one piece; they have left when this returns. */
    void send(byte[] bytes) throws UnmetException, InterruptedException {
        transcript.sent(bytes);
        Future<?> written = writer.submit(() -> write(bytes));
        try {
            written.get(patience.answer().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException full) {
            throw new UnmetException("that the worker reads its orders", "none was read for " + patience.answer());
        } catch (java.util.concurrent.ExecutionException ended) {
            // The pipe has no reader any more: what follows shows how the worker has ended.
        }
    }

    private @Nullable Void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return null;
    }

    /** Ends the orders, as the end of the service would. */
    void closeOrders() {
        writer.execute(() -> {
            try {
                out.close();
            } catch (IOException ended) {
                // The worker has closed its end.
            }
        });
    }

    /** From now on nothing is read from the worker, but for the next report. */
    void stopReading() {
        reports.pause();
    }

    /** Closes both pipes after {@link #stopReading}, as the death of the service would. */
    void closePipes() throws UnmetException, IOException, InterruptedException {
        if (!reports.awaitPause(patience.answer())) {
            throw new UnmetException("a report", "nothing for " + patience.answer() + ending());
        }
        closeOrders();
        process.getInputStream().close();
    }

    /** The next report of any type. */
    Message.Report any(String expected, Duration limit) throws UnmetException, InterruptedException {
        Message.Report report = anyOrEnd(expected, limit);
        if (report == null) {
            throw new UnmetException(expected, "the end of the reports" + ending());
        }
        return report;
    }

    private Message.Report noted(Message.Report report) {
        transcript.received(report);
        if (report instanceof Message.Accepted some) {
            accepted = some.orders();
        } else if (report instanceof Message.Leaving) {
            left = true;
        }
        return report;
    }

    /** The next report that is an answer: a result, an error, a dropped, a pong. */
    Message.Report next(String expected) throws UnmetException, InterruptedException {
        Message.Report report = any(expected, patience.answer());
        while (isAside(report)) {
            report = any(expected, patience.answer());
        }
        return report;
    }

    /** The next answer, which must be of this type. */
    <T extends Message.Report> T next(Class<T> type, String expected) throws UnmetException, InterruptedException {
        Message.Report report = next(expected);
        if (!type.isInstance(report)) {
            throw new UnmetException(expected, Transcript.excerpt(report));
        }
        return type.cast(report);
    }

    /** The value of a call whose result is the next answer. */
    String result(long id) throws UnmetException, InterruptedException {
        String expected = "a result of call " + id;
        Message.Result result = next(Message.Result.class, expected);
        if (result.id() != id) {
            throw new UnmetException(expected, Transcript.excerpt(result));
        }
        return result.value().toString();
    }

    /** Calls {@code conform.echo}, and expects the value back. */
    void echo(long id, String value) throws UnmetException, InterruptedException {
        send(Orders.call(id, Orders.ECHO, value));
        String came = result(id);
        if (!came.equals(value)) {
            throw new UnmetException("the value " + value, came);
        }
    }

    /** The next answer, or null at the end of the reports. */
    Message.@Nullable Report nextOrEnd(String expected, Duration limit) throws UnmetException, InterruptedException {
        Message.Report report = anyOrEnd(expected, limit);
        while (report != null && isAside(report)) {
            report = anyOrEnd(expected, limit);
        }
        return report;
    }

    /** The next report of any type, or null at the end of the reports. */
    Message.@Nullable Report anyOrEnd(String expected, Duration limit) throws UnmetException, InterruptedException {
        return switch (reports.next(limit)) {
            case null -> throw new UnmetException(expected, "nothing for " + limit + ending());
            case ReportReader.End end -> {
                if (end.fault() != null) {
                    throw new UnmetException(expected, end.fault());
                }
                yield null;
            }
            case ReportReader.Came came -> noted(came.report());
        };
    }

    /** The next answer that has arrived already; null if there is none. */
    Message.@Nullable Report nextIfAny() throws InterruptedException {
        while (reports.next(Duration.ZERO) instanceof ReportReader.Came came) {
            if (!isAside(noted(came.report()))) {
                return came.report();
            }
        }
        return null;
    }

    private static boolean isAside(Message.Report report) {
        return report instanceof Message.Accepted
                || report instanceof Message.Running
                || report instanceof Message.Progress
                || report instanceof Message.Output
                || report instanceof Message.Leaving;
    }

    /** Stops the worker, and expects that it reports nothing more. */
    void finish() throws UnmetException, InterruptedException {
        send(Orders.STOP);
        Message.Report more = nextOrEnd("the end of the reports after stop", patience.answer());
        if (more != null) {
            throw new UnmetException("no further report", Transcript.excerpt(more));
        }
    }

    /** How the process ends, within a time. */
    ExitStatus awaitExit(String expected) throws UnmetException, InterruptedException {
        if (!process.waitFor(patience.end().toMillis(), TimeUnit.MILLISECONDS)) {
            throw new UnmetException(expected, "it still runs after " + patience.end());
        }
        return ExitStatus.of(process.exitValue(), left);
    }

    /** The number of orders that it has accepted by messages. */
    long accepted() {
        return accepted;
    }

    /** Whether it has said that it exits. */
    boolean left() {
        return left;
    }

    private String ending() {
        return process.isAlive()
                ? ""
                : "; the worker " + ExitStatus.of(process.exitValue(), left).sentence();
    }

    /** Kills the worker and all that it has started. */
    @Override
    public void close() {
        killer.kill(process.toHandle(), mark);
        killer.sweep(process.toHandle(), mark);
        reports.stop();
        writer.shutdownNow();
        boolean interrupted = false;
        try {
            boolean _ = killer.awaitIdle(KILL);
            boolean _ = process.waitFor(KILL.toSeconds(), TimeUnit.SECONDS);
            output.join(KILL);
        } catch (InterruptedException stop) {
            interrupted = true;
        }
        try (AutoCloseable _ = process.getInputStream();
                AutoCloseable _ = process.getErrorStream();
                AutoCloseable _ = out) {
            // They are closed, whether the process has ended or not.
        } catch (Exception closed) {
            // Nothing more is read or written.
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
