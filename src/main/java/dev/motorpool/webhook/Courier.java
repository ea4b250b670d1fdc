package dev.motorpool.webhook;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.Deliveries;
import dev.motorpool.detached.Deliveries.Due;
import dev.motorpool.detached.Delivery;
import dev.motorpool.detached.DeliveryKey;
import dev.motorpool.detached.DeliveryReader.DueReceiver;
import dev.motorpool.detached.Parcel;
import dev.motorpool.detached.StoreException;
import dev.motorpool.detached.TryResult;
import dev.motorpool.trace.Spans;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings deliveries to their receivers.
 *
 * <pre>
 *   Commits --made--> Courier --> Receiver (one an origin) --> Poster      a virtual thread for each try
 *   store --due-->       ^                                       |
 *   store <--Commits-----'------------------- result ------------'
 * </pre>
 *
 * The store is the truth; memory holds a bounded share of what is due for each receiver. One lock guards all of it, and
 * is never held while anything waits. One thread, the courier's, reads the store: for receivers that have more than
 * their share, for those with a later try, and now and then for all receivers that have something due soon. A receiver
 * that does not answer holds nothing in memory but the one delivery that finds out whether it is back.
 */
public final class Courier implements Deliveries.Outbox, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Courier.class.getName());

    /** Receivers in memory; the others wait for their turn in the store. */
    private static final int MOST_RECEIVERS = 10_000;

    /** Tries at once; those that may fail by silence have only half of them. */
    private static final int MOST_TRIES = 1_000;

    private static final Duration ROUND = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final Duration LAST_CHANCE = Duration.ofSeconds(5);
    private static final int PAGE = 500;

    private final Deliveries store;
    private final Poster poster;
    private final Signers signers;
    private final WebhookSettings settings;
    private final Verdicts verdicts;
    private final DeliveryEvents events;
    private final Clock clock;
    private final Spans spans;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("motorpool-courier").unstarted(this::run);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final Condition quiet = lock.newCondition();

    @GuardedBy("lock")
    private final Map<String, Receiver> receivers = new HashMap<>();

    /** Those that are to be looked at, the next one first. */
    @GuardedBy("lock")
    private final TreeSet<Receiver> agenda =
            new TreeSet<>(Comparator.comparing((Receiver each) -> each.lookAt).thenComparingLong(each -> each.serial));

    /** Those that have something to be tried, and wait for others' tries to end. */
    @GuardedBy("lock")
    private final Set<Receiver> crowd = new LinkedHashSet<>();

    @GuardedBy("lock")
    private long serials;

    @GuardedBy("lock")
    private int tries;

    /** Bytes of what waits or is tried. */
    @GuardedBy("lock")
    private long bytes;

    /** When to look for receivers in the store. */
    @GuardedBy("lock")
    private Instant roundAt = Instant.MIN;

    @GuardedBy("lock")
    private boolean closed;

    @GuardedBy("lock")
    private long pending;

    /** Since when the one that is due longest has been due, as the latest round has seen it; null if there was none. */
    @GuardedBy("lock")
    private @Nullable Instant longestDue;

    /** The last receiver of the latest round, if there were more than memory has room for. Owned by the thread. */
    private String roundFrom = "";

    public Courier(
            Deliveries store,
            Poster poster,
            Signers signers,
            WebhookSettings settings,
            DeliveryEvents events,
            Clock clock,
            DoubleSupplier random,
            Spans spans) {
        this.spans = spans;
        this.store = store;
        this.poster = poster;
        this.signers = signers;
        this.settings = settings;
        this.events = events;
        this.clock = clock;
        this.verdicts = new Verdicts(new DeliverySchedule(random));
    }

    /** Begins with what the store has. Once. */
    public void start() {
        store.sendBy(this);
        thread.start();
    }

    /** How many deliveries are pending, as far as is known. */
    public long pending() {
        lock.lock();
        try {
            return Math.max(0, pending);
        } finally {
            lock.unlock();
        }
    }

    /** For how many seconds a delivery has been due; of the one that was due longest half a minute ago or less. */
    public double secondsOverdue() {
        lock.lock();
        try {
            Instant since = longestDue;
            return since == null
                    ? 0
                    : Math.max(0, Duration.between(since, clock.instant()).toNanos() / 1e9);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void made(Parcel parcel) {
        lock.lock();
        try {
            pending++;
            Receiver receiver = closed ? null : receiver(parcel.delivery().receiver());
            if (receiver != null) {
                if (receiver.breaker().doubts() || !take(receiver, parcel)) {
                    leftInStore(receiver);
                }
                dispatch(receiver);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void renewed(Parcel parcel) {
        lock.lock();
        try {
            Receiver receiver = closed ? null : receiver(parcel.delivery().receiver());
            if (receiver == null) {
                return;
            }
            if (receiver.holds(parcel.delivery().key()) || tries >= MOST_TRIES) {
                lookAt(receiver, clock.instant());
                return;
            }
            receiver.beginNow(parcel);
            bytes += parcel.bytes();
            begin(receiver, parcel);
        } finally {
            lock.unlock();
        }
    }

    /** Looks at once at all that may be due: the clock may have leapt. */
    void wake() {
        lock.lock();
        try {
            roundAt = Instant.MIN;
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The receiver of this name; null if there is no room for it. */
    @GuardedBy("lock")
    private @Nullable Receiver receiver(String name) {
        Receiver known = receivers.get(name);
        if (known == null && receivers.size() < MOST_RECEIVERS) {
            known = new Receiver(name, serials++, settings.concurrency());
            receivers.put(name, known);
        }
        return known;
    }

    @GuardedBy("lock")
    private boolean take(Receiver receiver, Parcel parcel) {
        boolean room =
                receiver.hasRoomFor(parcel) && (receiver.held() == 0 || bytes + parcel.bytes() <= settings.memory());
        if (room) {
            receiver.take(parcel);
            bytes += parcel.bytes();
        }
        return room;
    }

    /** The store has something for it that is due; it is read once there is room, or the receiver is tried again. */
    @GuardedBy("lock")
    private void leftInStore(Receiver receiver) {
        receiver.behind = true;
        if (receiver.held() == 0) {
            Instant now = clock.instant();
            Instant until = receiver.breaker().until(now);
            lookAt(receiver, until == null ? now : until);
        }
    }

    @GuardedBy("lock")
    private void lookAt(Receiver receiver, Instant at) {
        if (!closed && at.isBefore(receiver.lookAt)) {
            agenda.remove(receiver);
            receiver.lookAt = at;
            agenda.add(receiver);
            if (agenda.first() == receiver) {
                wake.signal();
            }
        }
    }

    /** Begins as many tries as there may be. */
    @GuardedBy("lock")
    private void dispatch(Receiver receiver) {
        while (!closed && receiver.hasWaiting()) {
            if (tries >= (receiver.proven() ? MOST_TRIES : MOST_TRIES / 2)) {
                crowd.add(receiver);
                return;
            }
            Instant now = clock.instant();
            Parcel next = receiver.begin(now);
            if (next == null) {
                Instant until = receiver.breaker().until(now);
                if (until != null) {
                    lookAt(receiver, until);
                }
                return;
            }
            begin(receiver, next);
        }
    }

    @GuardedBy("lock")
    private void begin(Receiver receiver, Parcel parcel) {
        tries++;
        Thread.ofVirtual().name("webhook").start(() -> tryAll(receiver, parcel));
    }

    /** Tries this one, and then others of the same receiver as long as there are any. */
    private void tryAll(Receiver receiver, Parcel first) {
        for (Parcel next = first; next != null; ) {
            next = tryOne(receiver, next);
        }
    }

    private @Nullable Parcel tryOne(Receiver receiver, Parcel parcel) {
        Delivery delivery = parcel.delivery();
        Instant begun = clock.instant();
        long from = System.nanoTime();
        TracedTry traced = new TracedTry(spans, delivery);
        Reply reply;
        try {
            reply = poster.post(delivery.url(), traced.headers(headers(parcel, begun)), parcel.body());
        } catch (RuntimeException | Error defect) {
            LOG.log(System.Logger.Level.ERROR, "A webhook could not be sent", defect);
            reply = Reply.silence("a defect: " + defect);
        }
        long nanos = System.nanoTime() - from;
        traced.ended(reply);
        TryResult result = verdicts.of(delivery, reply, begun, nanos);
        if (!reply.answered() && cutShort()) {
            return over(receiver, parcel, reply, null);
        }
        events.tried(outcome(result), nanos);
        store.record(result, settings.retain(), taken -> recorded(receiver, result, taken));
        return over(receiver, parcel, reply, result);
    }

    private Map<String, String> headers(Parcel parcel, Instant at) {
        Delivery delivery = parcel.delivery();
        String id = delivery.key().id();
        long timestamp = at.getEpochSecond();
        Signer signer = signers.forReceiver(delivery.receiver());
        return Map.of(
                "webhook-id", id,
                "webhook-timestamp", Long.toString(timestamp),
                "webhook-signature", signer.sign(id, timestamp, parcel.body()));
    }

    private static DeliveryEvents.Outcome outcome(TryResult result) {
        return switch (result.state()) {
            case DELIVERED -> DeliveryEvents.Outcome.DELIVERED;
            case PENDING -> DeliveryEvents.Outcome.RETRIED;
            case FAILED -> DeliveryEvents.Outcome.FAILED;
        };
    }

    /** Whether the end of the service may have ended a try, which then counts as none. */
    private boolean cutShort() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A try is over.
     *
     * @param result null if it does not count
     * @return the next one to be tried by the same thread; null if there is none
     */
    private @Nullable Parcel over(Receiver receiver, Parcel parcel, Reply reply, @Nullable TryResult result) {
        lock.lock();
        try {
            Instant now = clock.instant();
            receiver.tried(parcel, reply, now);
            bytes -= parcel.bytes();
            if (result == null) {
                receiver.recorded(parcel.delivery().key());
            }
            Instant until = receiver.breaker().until(now);
            if (until != null) {
                bytes -= receiver.dropWaiting();
                lookAt(receiver, until);
            }
            Parcel next = closed || !crowd.isEmpty() ? null : receiver.begin(now);
            if (next == null) {
                tries--;
                serveCrowd(receiver);
            } else {
                dispatch(receiver);
            }
            if (tries == 0) {
                quiet.signalAll();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Who has waited longest for others' tries to end is next, this one after all of them. */
    @GuardedBy("lock")
    private void serveCrowd(Receiver last) {
        if (last.hasWaiting() && !crowd.isEmpty()) {
            crowd.add(last);
        }
        for (Receiver each : List.copyOf(crowd)) {
            if (tries >= (each.proven() ? MOST_TRIES : MOST_TRIES / 2)) {
                continue;
            }
            crowd.remove(each);
            dispatch(each);
        }
    }

    /** Called by the store's thread. */
    private void recorded(Receiver receiver, TryResult result, boolean taken) {
        lock.lock();
        try {
            DeliveryKey key = result.key();
            receiver.recorded(key);
            Instant next = result.nextAt();
            if (!taken) {
                lookAt(receiver, clock.instant().plus(ROUND));
            } else if (next == null) {
                pending--;
            } else {
                lookAt(receiver, next);
            }
            if (receiver.behind && receiver.held() <= Receiver.SHARE / 2) {
                Instant now = clock.instant();
                Instant until = receiver.breaker().until(now);
                lookAt(receiver, until == null ? now : until);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes room for other receivers: of those that hold nothing the next round finds all that there is to know. */
    @GuardedBy("lock")
    private void forgetIdle() {
        for (Receiver each : List.copyOf(receivers.values())) {
            if (each.isIdle() && !each.breaker().doubts()) {
                receivers.remove(each.name);
                agenda.remove(each);
            }
        }
    }

    private void run() {
        try {
            while (awaitWork()) {
                Instant now = clock.instant();
                if (roundIsDue(now)) {
                    round(now);
                }
                for (Receiver each = nextToLookAt(now); each != null; each = nextToLookAt(now)) {
                    look(each, now);
                }
            }
        } catch (InterruptedException stop) {
            // closed
        }
    }

    /** Until somebody is to be looked at, or a moment later; false once closed. */
    private boolean awaitWork() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                Instant now = clock.instant();
                Instant next = agenda.isEmpty() ? Instant.MAX : agenda.first().lookAt;
                Instant until = next.isBefore(roundAt) ? next : roundAt;
                if (!until.isAfter(now)) {
                    return true;
                }
                Instant latest = now.plus(LONGEST_WAIT);
                Duration wait = Duration.between(now, until.isBefore(latest) ? until : latest);
                boolean _ = wake.await(wait.toNanos(), TimeUnit.NANOSECONDS);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean roundIsDue(Instant now) {
        lock.lock();
        try {
            if (closed || roundAt.isAfter(now)) {
                return false;
            }
            roundAt = now.plus(ROUND);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Finds receivers that have something due soon, counts, and forgets what ended long ago. */
    private void round(Instant now) throws InterruptedException {
        try {
            Instant first = null;
            String from = roundFrom;
            boolean full = false;
            for (List<DueReceiver> page = store.receivers(from, PAGE);
                    !page.isEmpty();
                    page = store.receivers(from, PAGE)) {
                for (DueReceiver each : page) {
                    first = first == null || each.firstDue().isBefore(first) ? each.firstDue() : first;
                    if (!full && !meet(each, now)) {
                        full = true;
                        roundFrom = from;
                    }
                    from = each.name();
                }
            }
            roundFrom = full ? roundFrom : "";
            long known = pending();
            count(store.pending() - known, first);
            store.forget(now);
        } catch (StoreException unreachable) {
            LOG.log(System.Logger.Level.WARNING, "Deliveries cannot be read for now: {0}", unreachable.getMessage());
        }
    }

    /** A receiver with pending deliveries; false if there is no room for it. */
    private boolean meet(DueReceiver found, Instant now) {
        if (found.firstDue().isAfter(now.plus(ROUND))) {
            return true;
        }
        lock.lock();
        try {
            if (receivers.size() >= MOST_RECEIVERS) {
                forgetIdle();
            }
            Receiver receiver = receiver(found.name());
            if (receiver == null) {
                return false;
            }
            Instant until = receiver.breaker().until(now);
            if (receiver.held() == 0) {
                lookAt(receiver, until == null ? found.firstDue() : until);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** @param missed how many more are pending than were known when that was counted */
    private void count(long missed, @Nullable Instant first) {
        lock.lock();
        try {
            pending += missed;
            longestDue = first;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Receiver nextToLookAt(Instant now) {
        lock.lock();
        try {
            if (closed || agenda.isEmpty() || agenda.first().lookAt.isAfter(now)) {
                return null;
            }
            Receiver next = agenda.pollFirst();
            next.lookAt = Instant.MAX;
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Reads what is due for a receiver, if it has room. */
    private void look(Receiver receiver, Instant now) {
        int room = prepare(receiver, now);
        if (room == 0) {
            return;
        }
        Due due = null;
        try {
            due = store.due(receiver.name, now, receiver.held() + room, receiver.bytes() + Receiver.SHARE_BYTES);
        } catch (StoreException unreachable) {
            LOG.log(System.Logger.Level.WARNING, "Deliveries cannot be read for now: {0}", unreachable.getMessage());
        }
        take(receiver, due, now);
    }

    /** How many deliveries it has room for; 0 if nothing is to be read for it now. */
    private int prepare(Receiver receiver, Instant now) {
        lock.lock();
        try {
            Instant until = receiver.breaker().until(now);
            if (until != null) {
                lookAt(receiver, until);
                return 0;
            }
            dispatch(receiver);
            if (receiver.held() > Receiver.SHARE / 2) {
                receiver.behind = true; // what ends makes room, and has it looked at again
                return 0;
            }
            receiver.beginReading();
            return Receiver.SHARE - receiver.held();
        } finally {
            lock.unlock();
        }
    }

    private void take(Receiver receiver, @Nullable Due due, Instant now) {
        lock.lock();
        try {
            Set<DeliveryKey> meanwhile = receiver.endReading();
            if (due == null) {
                lookAt(receiver, now.plus(PAUSE));
                return;
            }
            boolean left = false;
            for (Parcel parcel : due.parcels()) {
                DeliveryKey key = parcel.delivery().key();
                if (receiver.holds(key) || meanwhile.contains(key)) {
                    continue;
                }
                boolean probing = receiver.breaker().doubts() && receiver.held() > 0;
                if (probing && Verdicts.isHopeless(parcel.delivery(), now)) {
                    giveUp(receiver, parcel, now);
                } else if (probing || !take(receiver, parcel)) {
                    left = true;
                }
            }
            Instant next = due.next();
            receiver.behind = left || (next != null && !next.isAfter(now));
            if (next != null && next.isAfter(now)) {
                lookAt(receiver, next);
            }
            if (receiver.behind && receiver.held() == 0) {
                lookAt(receiver, now.plus(PAUSE));
            }
            dispatch(receiver);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void giveUp(Receiver receiver, Parcel parcel, Instant now) {
        TryResult result = Verdicts.givenUp(parcel.delivery(), now);
        events.tried(outcome(result), 0);
        store.record(result, settings.retain(), taken -> recorded(receiver, result, taken));
    }

    /**
     * Begins no more tries, gives those under way a few seconds, and ends the rest, which then count as none. Before the
     * store is closed. Again: does nothing.
     */
    @Override
    public void close() {
        boolean inTime = true;
        lock.lock();
        try {
            closed = true;
            wake.signal();
            long nanos = LAST_CHANCE.toNanos();
            while (tries > 0 && nanos > 0) {
                nanos = quiet.awaitNanos(nanos);
            }
            inTime = tries == 0;
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        if (!inTime) {
            LOG.log(System.Logger.Level.INFO, "Webhooks that were under way are sent again at the next start");
        }
        poster.close();
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
