package dev.motorpool.app;

/**
 * Ends the process when one of its threads has died for want of memory: a service without its acceptor, its schedule or
 * its readers would stand there and answer nothing, and whoever watches it would see a process that lives. What was
 * accepted is in the store, and goes on with the next start.
 */
final class OutOfMemory implements Thread.UncaughtExceptionHandler {

    /** As the JVM's own {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int STATUS = 3;

    private final Thread.UncaughtExceptionHandler others;

    private OutOfMemory(Thread.UncaughtExceptionHandler others) {
        this.others = others;
    }

    /** From now on, for all threads. */
    static void ends() {
        Thread.setDefaultUncaughtExceptionHandler(new OutOfMemory((thread, failure) -> {
            System.err.println("Thread " + thread.getName() + " has died:");
            failure.printStackTrace();
        }));
    }

    @Override
    @SuppressWarnings("SystemExitOutsideMain") // there is nobody left who could
    public void uncaughtException(Thread thread, Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            try {
                System.err.println("Thread " + thread.getName() + " has died, as there is no memory left (" + failure.getMessage()
                        + "). The service ends; start it with more heap (-Xmx), or with fewer connections at once"
                        + " (server.tomcat.max-connections).");
            } finally {
                Runtime.getRuntime().halt(STATUS);
            }
        }
        others.uncaughtException(thread, failure);
    }
}
