package dev.motorpool.pool.process;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker that a {@link Template} has forked. It is no child of the service: its template reports its exit. Once the
 * template has ended nobody knows how the worker exits, only that it has.
 */
final class ForkedProcess extends Process {

    private static final Logger LOG = LoggerFactory.getLogger(ForkedProcess.class);

    /** The value of an exit that nobody has seen. */
    private static final int UNSEEN = -1;

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** How long the template may take to report an exit. */
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ProcessHandle handle;
    private final OutputStream orders;
    private final InputStream reports;
    private final InputStream output;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private volatile boolean orphan;

    /**
     * Opens the pipes of a worker by the descriptors of its template, as {@link
     * dev.motorpool.wire.Message.Forked#descriptors} names them.
     *
     * @return null if that is not possible
     */
    static @Nullable ForkedProcess open(ProcessHandle worker, ProcessHandle template, List<Long> descriptors) {
        List<Closeable> open = new ArrayList<>();
        try {
            List<String> ends = descriptors.stream()
                    .map(descriptor -> "/proc/" + template.pid() + "/fd/" + descriptor)
                    .toList();
            FileOutputStream orders = new FileOutputStream(ends.get(0));
            open.add(orders);
            FileInputStream reports = new FileInputStream(ends.get(1));
            open.add(reports);
            return new ForkedProcess(worker, orders, reports, new FileInputStream(ends.get(2)));
        } catch (IOException | IndexOutOfBoundsException cannot) {
            LOG.debug("The pipes of forked worker {} cannot be opened", worker.pid(), cannot);
            open.forEach(ForkedProcess::close);
            return null;
        }
    }

    private ForkedProcess(ProcessHandle handle, OutputStream orders, InputStream reports, InputStream output) {
        this.handle = handle;
        this.orders = orders;
        this.reports = reports;
        this.output = output;
    }

    /** The template has seen the exit, which has this value: 128 + n for signal n. */
    void exited(int value) {
        exit.complete(value);
    }

    /** The template has ended. */
    void orphaned() {
        orphan = true;
        CompletableFuture<Void> _ = handle.onExit().thenRun(this::endUnseen);
    }

    private void endUnseen() {
        boolean _ = hasGone() && exit.complete(UNSEEN);
    }

    private boolean hasGone() {
        if (!handle.isAlive()) {
            return true;
        }
        boolean zombie = ProcessTable.isZombie(handle.pid());
        if (zombie && orphan) {
            boolean _ = ProcessGroup.reap(handle.pid()); // where the service is the first process, it is its child now
        }
        return zombie;
    }

    @Override
    public OutputStream getOutputStream() {
        return orders;
    }

    @Override
    public InputStream getInputStream() {
        return reports;
    }

    @Override
    public InputStream getErrorStream() {
        return output;
    }

    @Override
    public int waitFor() throws InterruptedException {
        while (!waitFor(1, TimeUnit.SECONDS)) {
            // waits on
        }
        return exitValue();
    }

    /** When the time is over a look shows whether the process is there; the report of its exit may be on its way then. */
    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        if (await(unit.toNanos(timeout))) {
            return true;
        }
        if (!hasGone()) {
            return false;
        }
        if (!await(REPORT_NANOS)) {
            endUnseen();
        }
        return true;
    }

    private boolean await(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = deadline - System.nanoTime()) {
            try {
                int _ = exit.get(Math.min(left, LOOK_NANOS), TimeUnit.NANOSECONDS);
                return true;
            } catch (TimeoutException notYet) {
                if (orphan) {
                    endUnseen();
                }
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        return exit.isDone();
    }

    /** As of other processes; less than 0 if nobody has seen the exit. */
    @Override
    public int exitValue() {
        if (!exit.isDone()) {
            throw new IllegalThreadStateException("the process has not exited");
        }
        return exit.join();
    }

    @Override
    public boolean isAlive() {
        return !exit.isDone();
    }

    @Override
    public CompletableFuture<Process> onExit() {
        return exit.thenApply(_ -> this);
    }

    @Override
    public ProcessHandle toHandle() {
        return handle;
    }

    @Override
    public long pid() {
        return handle.pid();
    }

    @Override
    public void destroy() {
        boolean _ = handle.destroy();
    }

    @Override
    public Process destroyForcibly() {
        boolean _ = handle.destroyForcibly();
        return this;
    }

    /** Closes the service's ends of the pipes. */
    void closePipes() {
        List.of(orders, reports, output).forEach(ForkedProcess::close);
    }

    private static void close(Closeable pipe) {
        try {
            pipe.close();
        } catch (IOException unimportant) {
            LOG.debug("A pipe could not be closed", unimportant);
        }
    }
}
