package dev.motorpool.http.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.http.server.ClientConnection.Presence;
import dev.motorpool.job.AdmissionSwitch;
import dev.motorpool.job.Awaited;
import dev.motorpool.job.JobError;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second at the connections of all requests that wait for something, twice at those of streams whose client
 * has closed its sending side, and ends the waits whose client has gone, and those for detached jobs when the service stops. The requests themselves so wait without a timer, which would
 * cost each of them more than all the rest of its wait. One thread, from the first request to {@link #close}.
 */
public final class ClientWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);
    private static final long LOOK_MILLIS = 500;

    /** A request that waits. Compared by identity. */
    interface Watched {
        void look();

        /** Whether it is to be looked at each time, not only every other time. */
        default boolean urgent() {
            return false;
        }
    }

    private final AdmissionSwitch admission;

    /** Each member is added and removed by its request. */
    private final Set<Watched> waiting = ConcurrentHashMap.newKeySet();

    private final Thread watcher =
            Thread.ofPlatform().daemon().name("motorpool-client-watch").unstarted(this::watch);

    /** @param admission closed when the service stops */
    public ClientWatch(AdmissionSwitch admission) {
        this.admission = admission;
        watcher.start();
    }

    /** The end of the job; null if its client went away first, and the job was given up. */
    public <T> @Nullable T await(Awaited<T> job, ClientConnection connection) throws InterruptedException {
        return await(job, new Waiting(job, connection), connection);
    }

    /** As {@link #await}, of a wait that is ended, too, when the service stops: what is waited for goes on without it. */
    public <T> @Nullable T awaitDetached(Awaited<T> wait, ClientConnection connection) throws InterruptedException {
        return await(wait, new DetachedWait(wait, connection, admission), connection);
    }

    private <T> @Nullable T await(Awaited<T> job, Waiting request, ClientConnection connection)
            throws InterruptedException {
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

    /**
     * Looks at the client of a stream until that is closed.
     *
     * @param wake wakes its writer, who then asks what there is to see
     */
    public StreamClient stream(ClientConnection connection, Runnable wake) {
        StreamClient client = new StreamClient(connection, wake);
        waiting.add(client);
        return client;
    }

    /** How many requests wait. */
    public int waiting() {
        return waiting.size();
    }

    /** Why streams end now; null while the service goes on. */
    public @Nullable JobError stopping() {
        return admission.refusal();
    }

    private void watch() {
        try {
            for (long round = 0; true; round++) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                boolean all = round % 2 == 0;
                waiting.forEach(each -> {
                    if (all || each.urgent()) {
                        look(each);
                    }
                });
            }
        } catch (InterruptedException closed) {
            // The service ends.
        }
    }

    /** A look that fails counts as a client that is there; the others are looked at all the same. */
    private static void look(Watched request) {
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
    private static class Waiting implements Watched {
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

        @Override
        public synchronized void look() {
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

    /** One that waits for what goes on without it. */
    private static final class DetachedWait extends Waiting {
        private final Awaited<?> wait;
        private final AdmissionSwitch admission;

        DetachedWait(Awaited<?> wait, ClientConnection connection, AdmissionSwitch admission) {
            super(wait, connection);
            this.wait = wait;
            this.admission = admission;
        }

        @Override
        public synchronized void look() {
            super.look();
            if (!admission.isOpen()) {
                wait.cancel();
            }
        }
    }

    /** The client of one stream. The watcher looks at it, while the stream's own thread writes to it. */
    public final class StreamClient implements Watched, AutoCloseable {
        private final ClientConnection connection;
        private final Runnable wake;

        /** Taken away by the stream, so that it sees each look but once. */
        private final AtomicReference<Presence> seen = new AtomicReference<>(Presence.THERE);

        @GuardedBy("this")
        private boolean over;

        /** Whether it has closed its sending side. Written by the watcher. */
        private volatile boolean silent;

        private StreamClient(ClientConnection connection, Runnable wake) {
            this.connection = connection;
            this.wake = wake;
        }

        @Override
        public synchronized void look() {
            if (over) {
                return;
            }
            Presence presence = connection.presence();
            if (presence != Presence.THERE) {
                silent = true;
                seen.set(presence);
            }
            if (presence != Presence.THERE || !admission.isOpen()) {
                wake.run();
            }
        }

        @Override
        public boolean urgent() {
            return silent;
        }

        /** How the client was at the latest look that has not been asked for. */
        public Presence seen() {
            return seen.getAndSet(Presence.THERE);
        }

        /** Takes the connection back. */
        @Override
        public void close() {
            waiting.remove(this);
            synchronized (this) {
                over = true;
            }
        }
    }
}
