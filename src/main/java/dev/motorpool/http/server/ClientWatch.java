package dev.motorpool.http.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.http.server.ClientConnection.Presence;
import dev.motorpool.job.JobError;
import dev.motorpool.job.waited.AdmissionSwitch;
import dev.motorpool.job.waited.Awaited;
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

    private final AdmissionSwitch admission;

    /** Each request adds and removes itself. */
    private final Set<Client> waiting = ConcurrentHashMap.newKeySet();

    private final Thread watcher =
            Thread.ofPlatform().daemon().name("motorpool-client-watch").unstarted(this::watch);

    /** @param admission closed when the service stops */
    public ClientWatch(AdmissionSwitch admission) {
        this.admission = admission;
        watcher.start();
    }

    /** The completed job; null if its client disconnected first and the job was abandoned. */
    public <T> @Nullable T await(Awaited<T> job, ClientConnection connection) throws InterruptedException {
        return await(job, new Client(connection, job::cancel, false));
    }

    /**
     * As {@link #await}, for a wait that also ends when the service stops, because what is awaited continues without
     * it.
     */
    public <T> @Nullable T awaitDetached(Awaited<T> wait, ClientConnection connection) throws InterruptedException {
        return await(wait, new Client(connection, wait::cancel, true));
    }

    private <T> @Nullable T await(Awaited<T> job, Client client) throws InterruptedException {
        waiting.add(client);
        T ended = null;
        try {
            ended = job.await();
        } finally {
            client.close();
            if (client.silent) {
                ended = null;
                client.connection.closeNow();
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
    public Client stream(ClientConnection connection, Runnable wake) {
        Client client = new Client(connection, wake, true);
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
                    if (all || each.silent) {
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
    private static void look(Client client) {
        try {
            client.look();
        } catch (RuntimeException defect) {
            LOG.warn("Cannot check a connection", defect);
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }

    /**
     * The client of one request. Until this is closed its connection belongs to the watcher; a stream's thread writes
     * to it meanwhile. Compared by identity.
     */
    public final class Client implements AutoCloseable {
        private final ClientConnection connection;
        private final Runnable wake;
        private final boolean endsWithService;

        /** Reset by a stream, so that it sees each result once. */
        private final AtomicReference<Presence> seen = new AtomicReference<>(Presence.THERE);

        @GuardedBy("this")
        private boolean over;

        /** Whether the client has closed its sending side, at least. Written by the watcher. */
        private volatile boolean silent;

        /** @param wake ends the wait, or has the stream look; called again at each check until this is closed */
        private Client(ClientConnection connection, Runnable wake, boolean endsWithService) {
            this.connection = connection;
            this.wake = wake;
            this.endsWithService = endsWithService;
        }

        private synchronized void look() {
            if (over) {
                return;
            }
            Presence presence = connection.presence();
            if (presence != Presence.THERE) {
                silent = true;
                seen.set(presence);
            }
            if (presence != Presence.THERE || (endsWithService && !admission.isOpen())) {
                wake.run();
            }
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
