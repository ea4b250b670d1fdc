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
 * Checks the connections of all waiting requests once a second (twice for streams whose client has closed its sending
 * side). It ends the waits whose client has disconnected, and waits for detached jobs when the service stops. So the
 * requests themselves wait without a timer, which would cost more than the rest of the wait. One thread, from the first
 * request to {@link #close}.
 */
public final class ClientWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);
    private static final long LOOK_MILLIS = 500;

    /** A waiting request. Compared by identity. */
    interface Watched {
        void look();

        /** Whether it is checked each time, not only every other time. */
        default boolean urgent() {
            return false;
        }
    }

    private final AdmissionSwitch admission;

    /** Each request adds and removes itself. */
    private final Set<Watched> waiting = ConcurrentHashMap.newKeySet();

    private final Thread watcher =
            Thread.ofPlatform().daemon().name("motorpool-client-watch").unstarted(this::watch);

    /** @param admission closed when the service stops */
    public ClientWatch(AdmissionSwitch admission) {
        this.admission = admission;
        watcher.start();
    }

    /** The completed job; null if its client disconnected first and the job was abandoned. */
    public <T> @Nullable T await(Awaited<T> job, ClientConnection connection) throws InterruptedException {
        return await(job, new Waiting(job, connection), connection);
    }

    /**
     * As {@link #await}, for a wait that also ends when the service stops, because what is awaited continues without
     * it.
     */
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
     * Checks the client of a stream until the result is closed.
     *
     * @param wake wakes the stream's writer, which then reads the state
     */
    public StreamClient stream(ClientConnection connection, Runnable wake) {
        StreamClient client = new StreamClient(connection, wake);
        waiting.add(client);
        return client;
    }

    /** Number of waiting requests. */
    public int waiting() {
        return waiting.size();
    }

    /** The reason to end streams now; null while the service runs. */
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
            // The watch is closed.
        }
    }

    /**
     * Checks one request. If the check fails, the client counts as connected; the other requests are checked all the
     * same.
     */
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

    /** One request. While it waits, its connection belongs to the watcher; afterwards to the request again. */
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

        /** Takes the connection back; true if the client has disconnected. */
        synchronized boolean leave() {
            over = true;
            return gone;
        }
    }

    /** A wait for something that continues without it. */
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

    /** The client of one stream. The watcher checks the connection while the stream's thread writes to it. */
    public final class StreamClient implements Watched, AutoCloseable {
        private final ClientConnection connection;
        private final Runnable wake;

        /** Reset by the stream, so that it sees each result once. */
        private final AtomicReference<Presence> seen = new AtomicReference<>(Presence.THERE);

        @GuardedBy("this")
        private boolean over;

        /** Whether the client has closed its sending side. Written by the watcher. */
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

        /** The result of the latest check, once. */
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
