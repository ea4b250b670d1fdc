package dev.motorpool.worker;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Routes {@code System.out} and {@code System.err} to the call that prints. A call's threads are its own thread and
 * those started by it. All other output goes where it went before.
 */
final class PrintRoutes {

    /** The call that a thread prints for. */
    private static final InheritableThreadLocal<CallOutput> PRINTING = new InheritableThreadLocal<>();

    private final Reports reports;
    private final OutputTicker ticker = new OutputTicker();
    private final Set<CallOutput> open = ConcurrentHashMap.newKeySet();

    PrintRoutes(Reports reports) {
        this.reports = reports;
    }

    /** Replaces the standard streams. */
    void install() {
        System.setOut(routed(System.out));
        System.setErr(routed(System.err));
    }

    private PrintStream routed(PrintStream before) {
        return new PrintStream(new Routed(before), false, StandardCharsets.UTF_8);
    }

    /** From now on the output of this thread, and of the threads that it starts, belongs to the call. */
    CallOutput open(long id) {
        CallOutput output = new CallOutput(id, reports, this, ticker);
        open.add(output);
        PRINTING.set(output);
        return output;
    }

    /** The call of this thread has ended. */
    void closed(CallOutput output) {
        PRINTING.remove();
        open.remove(output);
    }

    void flush() {
        open.forEach(CallOutput::flush);
    }

    /** One of the two streams. It buffers nothing, so there is nothing to flush. */
    private static final class Routed extends OutputStream {
        private final PrintStream before;

        Routed(PrintStream before) {
            this.before = before;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) {
            CallOutput output = PRINTING.get();
            if (output == null || !output.write(bytes, offset, count)) {
                before.write(bytes, offset, count);
                before.flush();
            }
        }
    }
}
