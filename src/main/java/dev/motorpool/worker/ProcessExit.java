package dev.motorpool.worker;

import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import dev.motorpool.worker.process.Descendants;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ends a worker process. Every way kills the processes that its functions started. */
class ProcessExit {

    /** What to close at an exit in order; written before the first call. */
    private volatile List<? extends AutoCloseable> atExit = List.of();

    /** Exit code of a worker whose orders violate docs/protocol.md. */
    private static final int BROKEN = 76;

    /**
     * Ends the process now: the service has gone, or has closed the pipe to end this worker. Running functions are not
     * asked.
     */
    void atOnce() {
        try {
            Descendants.killAll();
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }

    /** Ends the process after its last call. */
    void inOrder() {
        System.exit(0);
    }

    /** Ends the process because no order could be read: at the end of the stream, or at something that is no order. */
    void withoutOrders(@Nullable Message instead) {
        if (instead == null) {
            atOnce();
        } else {
            broken(new FrameCodec.BrokenProtocolException("a report, which only workers send"));
        }
    }

    /** Ends the process because its orders cannot be read. */
    void broken(IOException fault) {
        System.err.println("motorpool worker: " + fault.getMessage());
        System.exit(BROKEN);
    }

    /** Closes these at every exit that this process makes by itself, in their order. */
    void closeAtExit(List<? extends AutoCloseable> resources) {
        atExit = resources;
    }

    /**
     * Announces every exit that this process makes by itself, and sends the output before it. Signals are left to the
     * system (the worker runs with {@code -Xrs}), so a code above 128 without an announcement is a signal.
     */
    void announce(Reports reports, OutputRouter outputRouter) {
        Runtime.getRuntime().addShutdownHook(new Leaving(reports, outputRouter, this));
    }

    /** The service waits two seconds for the end after the announcement: what hangs here is killed then. */
    private void closeAll() {
        for (AutoCloseable resource : atExit) {
            try {
                resource.close();
            } catch (Throwable failing) {
                System.err.println(
                        "motorpool worker: " + resource.getClass().getName() + " could not be closed: " + failing);
            }
        }
    }

    /** A class instead of a lambda, whose linking would cost every worker some milliseconds at its start. */
    private static final class Leaving extends Thread {
        private final Reports reports;
        private final OutputRouter outputRouter;
        private final ProcessExit exit;

        Leaving(Reports reports, OutputRouter outputRouter, ProcessExit exit) {
            super("leaving");
            this.exit = exit;
            this.reports = reports;
            this.outputRouter = outputRouter;
        }

        @Override
        public void run() {
            outputRouter.flush();
            reports.writeThrough(new Message.Leaving());
            exit.closeAll();
            Descendants.kill();
        }
    }
}
