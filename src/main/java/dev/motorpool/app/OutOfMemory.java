package dev.motorpool.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Ends the process when a thread dies of an {@link OutOfMemoryError}. A service without its acceptor, its schedule or
 * its readers would run on and answer nothing, and its supervisor would see a live process. Accepted jobs are in the
 * store and continue after the next start. The last line of the log names the reason; where the JVM itself ends the
 * process ({@code -XX:+ExitOnOutOfMemoryError}) it writes such a line.
 */
final class OutOfMemory implements Thread.UncaughtExceptionHandler {

    /** The status of the JVM's own {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int STATUS = 3;

    /** Allocated in advance: there may be no memory when it is needed. */
    private static final byte[] LAST_LINE = line("java.lang.OutOfMemoryError");

    private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);

    private final Thread.UncaughtExceptionHandler others;

    private OutOfMemory(Thread.UncaughtExceptionHandler others) {
        this.others = others;
    }

    /** Sets the handler for all threads. */
    static void ends() {
        // Loads and initializes the classes that end the JVM: without memory that may fail, and the process would
        // continue.
        Runtime.getRuntime().removeShutdownHook(new Thread());
        Thread.setDefaultUncaughtExceptionHandler(new OutOfMemory((thread, failure) -> {
            System.err.println("Thread " + thread.getName() + " has died:");
            failure.printStackTrace();
        }));
    }

    @Override
    @SuppressWarnings("SystemExitOutsideMain") // no other way to end the process
    public void uncaughtException(Thread thread, Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            try {
                ERR.write(lastLine(thread, failure));
            } catch (IOException closed) {
                // Standard output is closed.
            } finally {
                Runtime.getRuntime().halt(STATUS);
            }
        }
        others.uncaughtException(thread, failure);
    }

    private static byte[] lastLine(Thread thread, Throwable failure) {
        try {
            return line(failure + ", thread " + thread.getName());
        } catch (OutOfMemoryError noRoom) {
            return LAST_LINE;
        }
    }

    private static byte[] line(String what) {
        return ("Out of memory (" + what + "): the service ends. Start it with more heap (-Xmx), or with fewer"
                        + " connections at once (server.tomcat.max-connections).\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
