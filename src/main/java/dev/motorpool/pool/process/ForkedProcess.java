package dev.motorpool.pool.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A worker that a {@link Template} has forked. It is no child of the service: its template reports its exit. Once the
 * template has ended nobody knows how the worker exits, only that it has.
 */
final class ForkedProcess extends Process {

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

    ForkedProcess(ProcessHandle handle, OutputStream orders, InputStream reports, InputStream output) {
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
    void closePipes() throws IOException {
        try (orders;
                reports;
                output) {
            // all of them
        }
    }
}
