package dev.motorpool.worker;

import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The ways in which a worker ends. Whichever it is, the processes that its functions started end with it. */
class ProcessExit {

    /** Exit code of a worker that was not spoken to as docs/protocol.md says. */
    private static final int BROKEN = 76;

    /**
     * Ends the process now: the service is gone, or has closed the pipe because it wants this worker gone. Functions
     * that still run are not asked.
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

    /** Ends the process where no order could be read: at the end of the stream, or at what is no order. */
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

    /**
     * Makes every exit that this process takes on its own account say so first, and send what was printed before it.
     * Signals are left to the system (the
     * worker runs with {@code -Xrs}), so a code above 128 that comes without this word is a signal.
     */
    void announce(Reports reports, OutputRouter outputRouter) {
        Runtime.getRuntime().addShutdownHook(new Leaving(reports, outputRouter));
    }

    /** A class and not a lambda, whose linking would cost every worker some milliseconds at its start. */
    private static final class Leaving extends Thread {
        private final Reports reports;
        private final OutputRouter outputRouter;

        Leaving(Reports reports, OutputRouter outputRouter) {
            super("leaving");
            this.reports = reports;
            this.outputRouter = outputRouter;
        }

        @Override
        public void run() {
            outputRouter.flush();
            reports.writeThrough(new Message.Leaving());
            Descendants.kill();
        }
    }
}
