package dev.motorpool.http.server;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Starts the threads of requests. If a thread cannot be started, the request is refused and Tomcat closes its
 * connection. A shortage of threads throws an {@link OutOfMemoryError}, which would otherwise end the thread that polls
 * all connections, and the service with it.
 *
 * @param threads starts the threads
 */
record RequestThreads(Executor threads) implements Executor {

    @Override
    public void execute(Runnable request) {
        try {
            threads.execute(request);
        } catch (RejectedExecutionException refused) {
            throw refused;
        } catch (RuntimeException | Error notStarted) {
            throw new RejectedExecutionException("the thread of a request could not be started", notStarted);
        }
    }
}
