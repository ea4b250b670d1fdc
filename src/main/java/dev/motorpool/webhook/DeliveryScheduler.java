package dev.motorpool.webhook;

import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.model.OutgoingDelivery;
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
 *                                   ^            |
 *   store --due--> DueReader -------'            '--> Results --> GroupCommitWriter
 *   store --receivers--> ReceiverScan --> ReceiverSchedule --> DueReader       the scheduler's thread
 * </pre>
 *
 * The store is authoritative; memory ({@link DeliveryQueue}) has a bounded part of each receiver's due deliveries. One
 * thread, the scheduler's, reads the store: for receivers with more due deliveries than that, for those with a later try,
 * and now and then for all receivers with deliveries due soon.
 */
public final class DeliveryScheduler implements Deliveries.Outbox, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryScheduler.class);
    private static final Duration LAST_CHANCE = Duration.ofSeconds(5);
    private static final Duration AFTER_DEFECT = Duration.ofSeconds(1);
    private static final double NANOS = 1e9;

    private final Deliveries store;
    private final WebhookClient client;
    private final Clock clock;
    private final DeliveryQueue queue;
    private final TryDispatcher dispatcher;
    private final DueReader due;
    private final ReceiverScan scan;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("motorpool-deliveries").unstarted(this::run);

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
        Results results = new Results(queue, store, settings, events, clock);
        this.dispatcher = new TryDispatcher(
                queue,
                sender,
                results,
                clock,
                Thread.ofVirtual().name("webhook").factory());
        this.due = new DueReader(queue, dispatcher, store);
        this.scan = new ReceiverScan(queue, store);
    }

    /** Starts with the deliveries in the store. Called once. */
    public void start() {
        store.sendBy(this);
        thread.start();
    }

    /** For how many seconds a delivery has been overdue: of those due as of half a minute ago, the one due longest. */
    public double secondsOverdue() {
        return scan.overdue(clock.instant()).toNanos() / NANOS;
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
        return queue.heldUntil(receiver, clock.instant());
    }

    @Override
    public void clockSet() {
        queue.roundNow();
    }

    private void run() {
        try {
            while (queue.awaitWork()) {
                try {
                    work(clock.instant());
                } catch (RuntimeException | Error defect) {
                    LOG.error("Deliveries could not be looked after; that is tried again", defect);
                    Thread.sleep(AFTER_DEFECT);
                }
            }
        } catch (InterruptedException stop) {
            // closed
        }
    }

    private void work(Instant now) throws InterruptedException {
        if (queue.beginsRound(now)) {
            scan.go(now);
        }
        for (Receiver each = queue.next(now); each != null; each = queue.next(now)) {
            due.look(each, now);
        }
    }

    /**
     * Begins no more tries, gives those under way a few seconds, and ends the rest, which then do not count. Called
     * before the store is closed. Idempotent.
     */
    @Override
    public void close() {
        if (!dispatcher.end(LAST_CHANCE)) {
            LOG.info("Webhooks that were under way are sent again at the next start");
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
