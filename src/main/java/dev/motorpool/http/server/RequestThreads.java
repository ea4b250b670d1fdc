package dev.motorpool.http.server;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Starts the threads of requests. One that cannot be started is a request that is refused, whose connection Tomcat closes:
 * an {@link OutOfMemoryError}, which is what a shortage of threads throws, would end the thread that waits for all
 * connections, and the service with it.
 *
 * @param threads of the requests
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
