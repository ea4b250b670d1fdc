package dev.motorpool.worker;

import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The main class of a worker process. It speaks the protocol of docs/protocol.md on descriptors 3 and 4. Standard input
 * is empty, and standard output and error belong to the functions.
 */
public final class WorkerMain {

    private static final String ORDERS = "/dev/fd/3";
    private static final String REPORTS = "/dev/fd/4";
    /** The variable with the name of the file where the number of accepted orders is stored. */
    private static final String ACCEPTED = "MOTORPOOL_ACCEPTED";

    private static final long IDLE_THREAD_SECONDS = 30;

    public static void main(String[] arguments) throws IOException, InterruptedException {
        WorkerOptions options = WorkerOptions.of(System.getenv(), arguments);
        if (options.virtual()) {
            // A worker that cannot start its first virtual thread would never run any call: its start fails instead.
            Thread.startVirtualThread(() -> {}).join();
        }
        String directory = System.getenv(LoadedSources.DIRECTORY);
        ProcessExit processExit = new ProcessExit();
        InputStream in = new FileInputStream(ORDERS);
        if (directory != null) {
            in = OrdersWatch.start(in, processExit);
        }
        FrameCodec.Reader orders = new FrameCodec.Reader(in, options.frameLimit());
        FileOutputStream out = new FileOutputStream(REPORTS);
        boolean one = options.slots() == 1 && !options.virtual();
        Reports reports = one ? new DirectReports(out, processExit) : new CombinedReports(out, processExit);
        OutputRouter outputRouter = new OutputRouter(reports);
        processExit.announce(reports, outputRouter);
        Acceptance acceptance = new Acceptance(orders, reports, System.getenv(ACCEPTED));
        WorkerFunctions functions;
        if (directory == null) {
            functions = WorkerFunctions.builtIn(options);
        } else {
            outputRouter.prepare();
            functions = LoadedSources.load(new File(directory), options, reports, processExit);
        }
        Calls calls = functions.calls();
        reports.write(new Message.Hello(
                FrameCodec.VERSION, functions.described(), functions.sources(), functions.features()));
        if (directory != null && LoadedSources.isProbe()) {
            processExit.inOrder();
        }
        if (one) {
            new OneSlot(orders, acceptance, reports, calls, outputRouter, processExit).work();
        } else {
            new ManySlots(orders, acceptance, reports, calls, outputRouter, processExit, threads(options.virtual()))
                    .work();
        }
    }

    private static Executor threads(boolean virtual) {
        if (virtual) {
            return Thread::startVirtualThread;
        }
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>());
    }

    private WorkerMain() {}
}
