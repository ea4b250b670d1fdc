package dev.motorpool.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.job.Awaited;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second at the connections of all requests that wait for a job, and gives up the jobs whose client has
 * gone. The requests themselves so wait without a timer, which would cost each of them more than all the rest of its
 * wait. One thread, from the first request to {@link #close}.
 */
final class ClientWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);
    private static final long LOOK_MILLIS = 1_000;

    /** Each member is added and removed by its request. */
    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

    private final Thread watcher =
            Thread.ofPlatform().daemon().name("motorpool-client-watch").unstarted(this::watch);

    ClientWatch() {
        watcher.start();
    }

    /** The end of the job; null if its client went away first, and the job was given up. */
    <T> @Nullable T await(Awaited<T> job, ClientConnection connection) throws InterruptedException {
        Waiting request = new Waiting(job, connection);
        waiting.add(request);
        T ended = null;
        try {
            ended = job.await();
        } finally {
            waiting.remove(request);
            if (request.leave()) {
                ended = null;
                connection.closeNow();
            } else if (ended == null) {
                job.cancel();
            }
        }
        return ended;
    }

    private void watch() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                waiting.forEach(ClientWatch::look);
            }
        } catch (InterruptedException closed) {
            // The service ends.
        }
    }

    /** A look that fails counts as a client that is there; the others are looked at all the same. */
    private static void look(Waiting request) {
        try {
            request.look();
        } catch (RuntimeException defect) {
            LOG.warn("A connection could not be looked at", defect);
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }

    /** One request. While it waits its connection is the watcher's to look at, afterwards again the request's own. */
    private static final class Waiting {
        private final Awaited<?> job;
        private final ClientConnection connection;

        @GuardedBy("this")
        private boolean over;

        @GuardedBy("this")
        private boolean gone;

        Waiting(Awaited<?> job, ClientConnection connection) {
            this.job = job;
            this.connection = connection;
        }

        synchronized void look() {
            if (!over && !gone && connection.gone()) {
                gone = true;
                job.cancel();
            }
        }

        /** Takes the connection back; true if the client has gone. */
        synchronized boolean leave() {
            over = true;
            return gone;
        }
    }
}
