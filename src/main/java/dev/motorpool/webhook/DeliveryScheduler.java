package dev.motorpool.webhook;

import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.trace.Spans;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schedules and sends deliveries.
 *
 * <pre>
 *   GroupCommitWriter --made--> TryDispatcher --> Sender --> WebhookClient     a virtual thread for each try
 *                                  ^    '--------> GroupCommitWriter           the result
 *   store --------> DueReader -----'                                           the scheduler's thread
 * </pre>
 *
 * The store is authoritative; memory ({@link DeliveryQueue}) has a bounded part of each receiver's due deliveries. One
 * thread, the scheduler's, reads the store: for receivers with more due deliveries than that, for those with a later try,
 * and every 30 s for all receivers with deliveries due soon. Then it also counts pending deliveries, and removes
 * deliveries that ended long ago.
 */
public final class DeliveryScheduler implements Deliveries.Outbox, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryScheduler.class);
    private static final Duration LAST_CHANCE = Duration.ofSeconds(5);
    private static final Duration AFTER_DEFECT = Duration.ofSeconds(1);
    private static final double NANOS = 1e9;

    /** A recount takes at most one part in this many of the thread's time. */
    private static final long TIMES_OF_RECOUNT = 1_000;

    private final Deliveries store;
    private final WebhookClient client;
    private final Clock clock;
    private final DeliveryQueue queue;
    private final TryDispatcher dispatcher;
    private final DueReader due;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("motorpool-deliveries").unstarted(this::run);

    /** No recount before this, by {@link System#nanoTime}. Owned by the thread. */
    private long recountAt = System.nanoTime();

    /** Since when the longest due delivery has been due, as of the latest round. Written by the thread. */
    private volatile Instant longestDue = Instant.MAX;

    public DeliveryScheduler(
            Deliveries store,
            WebhookClient client,
            Signers signers,
            WebhookSettings settings,
            DeliveryEvents events,
            Clock clock,
            DoubleSupplier random,
            Spans spans) {
        this.store = store;
        this.client = client;
        this.clock = clock;
        this.queue = new DeliveryQueue(settings, clock);
        RetryPolicy retryPolicy = new RetryPolicy(new DeliverySchedule(random), clock.instant());
        Sender sender = new Sender(client, signers, retryPolicy, clock, spans);
        this.dispatcher = new TryDispatcher(
                queue,
                sender,
                store,
                settings.retain(),
                events,
                clock,
                Thread.ofVirtual().name("webhook").factory());
        this.due = new DueReader(queue, dispatcher, store);
    }

    /** Starts with the deliveries in the store. Called once. */
    public void start() {
        store.sendBy(this);
        thread.start();
    }

    /** For how many seconds a delivery has been overdue: of those due as of half a minute ago, the one due longest. */
    public double secondsOverdue() {
        Instant since = longestDue;
        Instant now = clock.instant();
        return since.isAfter(now) ? 0 : Duration.between(since, now).toNanos() / NANOS;
    }

    @Override
    public void made(OutgoingDelivery outgoing) {
        dispatcher.made(outgoing);
    }

    @Override
    public void renewed(OutgoingDelivery outgoing) {
        dispatcher.renewed(outgoing);
    }

    @Override
    public @Nullable Instant heldUntil(String receiver) {
        queue.lock.lock();
        try {
            return queue.heldUntil(receiver, clock.instant());
        } finally {
            queue.lock.unlock();
        }
    }

    @Override
    public void clockSet() {
        queue.lock.lock();
        try {
            queue.roundNow();
        } finally {
            queue.lock.unlock();
        }
    }

    private void run() {
        try {
            while (!queue.isClosed()) {
                try {
                    work();
                } catch (StoreException unreachable) {
                    LOG.warn("Cannot read deliveries; retrying: {}", unreachable.getMessage());
                } catch (RuntimeException | Error defect) {
                    LOG.error("Processing deliveries failed; retrying", defect);
                    Thread.sleep(AFTER_DEFECT);
                }
            }
        } catch (InterruptedException stop) {
            // closed
        }
    }

    private void work() throws StoreException, InterruptedException {
        Instant now;
        boolean round;
        queue.lock.lock();
        try {
            boolean _ = queue.awaitWork();
            now = clock.instant();
            round = !queue.isClosed() && queue.beginsRound(now);
        } finally {
            queue.lock.unlock();
        }
        if (round) {
            longestDue = due.findReceivers(now);
            recount();
            store.forget(now);
        }
        while (due.readNext(now)) {}
    }

    /** Reads the index of all pending deliveries. The more there are, the less often, as other work waits meanwhile. */
    private void recount() throws StoreException {
        long begun = System.nanoTime();
        if (begun - recountAt >= 0) {
            store.recount();
            recountAt = begun + (System.nanoTime() - begun) * TIMES_OF_RECOUNT;
        }
    }

    /**
     * Begins no more tries, gives those under way a few seconds, and ends the rest, which then do not count. Called
     * before the store is closed. Idempotent.
     */
    @Override
    public void close() {
        if (!dispatcher.end(LAST_CHANCE)) {
            LOG.info("Webhooks in progress are sent again at the next start");
        }
        client.close();
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(LAST_CHANCE);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
