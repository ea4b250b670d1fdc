package dev.motorpool.detached.delivery;

import dev.motorpool.address.WebTarget;
import dev.motorpool.detached.commit.BlockingChange;
import dev.motorpool.detached.commit.GroupCommitWriter;
import dev.motorpool.detached.commit.StoreCalls;
import dev.motorpool.detached.commit.StoreChange;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.TryResult;
import dev.motorpool.detached.store.DeliveryReader.DueReceiver;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.detached.time.SetClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of the service as the store has them: for who sends them, and for who asks about them. What is changed
 * here goes through the one thread that writes, together with all other changes. Thread-safe.
 */
public final class Deliveries {

    /** Hears of deliveries that are on stable storage and due. Must not wait. */
    public interface Outbox {
        /** A job has ended. */
        void made(OutgoingDelivery outgoing);

        /** Somebody wants a delivery to be tried now. */
        void renewed(OutgoingDelivery outgoing);

        /** The clock was set, and the store has other times of deliveries. */
        void clockSet();

        /** Before when nothing is sent to a receiver, whatever is due; null if it is not held back. */
        @Nullable
        Instant heldUntil(String receiver);
    }

    /** A pending delivery is due within this time. */
    public static final Duration LONGEST_PAUSE = Duration.ofHours(27);

    private static final int MOST_LISTED = 1_000;

    /** How many times the room that is left a receiver may have. */
    private static final int SHARE = 9;

    private static final Outbox NOBODY = new Outbox() {
        @Override
        public void made(OutgoingDelivery outgoing) {}

        @Override
        public void renewed(OutgoingDelivery outgoing) {}

        @Override
        public void clockSet() {}

        @Override
        public @Nullable Instant heldUntil(String receiver) {
            return null;
        }
    };

    /** What a body is taken for that is not known before it is read; few of these are in one transaction. */
    private static final long LONG_BODY = 4 << 20;

    private final JobStore store;
    private final GroupCommitWriter writer;
    private final StoreCalls calls;
    private final Clock clock;
    private final SetClock setClock;

    /** Set once, before there is anything to be sent. */
    private volatile Outbox outbox = NOBODY;

    private final PendingCounts pending = new PendingCounts();

    public Deliveries(JobStore store, GroupCommitWriter writer, StoreCalls calls, Clock clock, SetClock setClock) {
        this.store = store;
        this.writer = writer;
        this.calls = calls;
        this.clock = clock;
        this.setClock = setClock;
    }

    /** From now on deliveries that are made are handed over here; those from before are in the store. */
    public void sendBy(Outbox sender) {
        outbox = sender;
    }

    public void clockSet() {
        outbox.clockSet();
    }

    public void made(OutgoingDelivery outgoing) {
        pending.add(outgoing.delivery().receiver(), 1);
        outbox.made(outgoing);
    }

    /** As {@code DeliveryReader#receivers}. */
    public List<DueReceiver> receivers(String after, int most) throws StoreException {
        return store.read(tables -> tables.deliveries().receivers(after, most));
    }

    /**
     * What of a receiver's deliveries is due.
     *
     * @param parcels those that are due longest first
     * @param next when another one is due, which may be now; null if there is none
     */
    public record Due(
            List<OutgoingDelivery> parcels, @Nullable Instant next) {}

    /** Deliveries that are due, at most so many with bodies of about so many bytes, and when the next one is. */
    public Due due(String receiver, Instant now, int most, long mostBytes) throws StoreException {
        return store.read(tables -> {
            List<OutgoingDelivery> parcels = tables.deliveries().due(receiver, now, most + 1, mostBytes);
            if (parcels.size() > most) {
                OutgoingDelivery beyond = parcels.getLast();
                return new Due(
                        List.copyOf(parcels.subList(0, most)), beyond.delivery().dueAt());
            }
            OutgoingDelivery last = parcels.isEmpty() ? null : parcels.getLast();
            boolean cut = parcels.stream().mapToLong(OutgoingDelivery::bytes).sum() >= mostBytes;
            return new Due(
                    parcels,
                    cut && last != null
                            ? last.delivery().dueAt()
                            : tables.deliveries().nextDue(receiver, now));
        });
    }

    /** How many deliveries are pending, as far as is known: as of the latest {@link #recount}, and what happened since. */
    public long pending() {
        return pending.all();
    }

    /**
     * Whether one more delivery to this URL fits among so many that may be pending. A receiver may have some times as many
     * as there is room left (a dynamic threshold, Choudhury and Hahne 1998): so one that takes nothing has nine tenths,
     * two have a little more than nine twentieths each, and what is left is for the others.
     *
     * @param room how many more may be pending, of all receivers
     */
    public boolean hasRoomFor(String url, long room) {
        return room > 0 && (pending.all() < room || pending.of(receiver(url)) < SHARE * room);
    }

    /** Who takes what is sent to this URL. */
    static String receiver(String url) {
        return WebTarget.parse(url).origin();
    }

    /** Counts what is pending; until then what was pending before the service started is not counted. */
    public void recount() throws StoreException {
        PendingCounts known = pending.copy();
        PendingCounts counted = new PendingCounts();
        store.read(tables -> {
            tables.deliveries().pending(counted::add);
            return null;
        });
        pending.correct(known, counted);
    }

    /** What became of the record of a try. */
    public enum Recorded {
        /** It is on stable storage. */
        WRITTEN,
        /** The delivery was retried by hand while it was tried, or has ended: it stays as it is, but for its log. */
        OVERTAKEN,
        /** The store does not take it, and the delivery stays as it was. */
        REFUSED
    }

    /**
     * Records a try, with whatever else is written a moment later. Does not wait.
     *
     * @param receiver whose delivery it is
     * @param retain how long the delivery stays if it has ended
     * @param recorded hears what became of it, from the store's thread
     */
    public void record(String receiver, TryResult result, Duration retain, Consumer<Recorded> recorded) {
        boolean taken = writer.addUnhurried(new StoreChange() {
            // Owned by the store's thread.
            private boolean changed;

            @Override
            public void apply(JobTables tables) throws StoreException {
                changed |= tables.deliveries().record(result, result.at().plus(retain));
            }

            @Override
            public void committed() {
                if (changed && result.nextAt() == null) {
                    pending.add(receiver, -1);
                }
                recorded.accept(changed ? Recorded.WRITTEN : Recorded.OVERTAKEN);
            }

            @Override
            public void refused(StoreException why) {
                recorded.accept(Recorded.REFUSED);
            }

            @Override
            public long bytes() {
                return result.log().length();
            }
        });
        if (!taken) {
            recorded.accept(Recorded.REFUSED);
        }
    }

    /** Forgets deliveries that ended long enough ago, in small steps. Waits for the store. */
    public void forget(Instant latest) throws StoreException, InterruptedException {
        Instant now = setClock.believed(latest);
        int step = MOST_LISTED;
        int forgotten = step;
        while (forgotten == step) {
            forgotten = calls.await(new BlockingChange<Integer>() {
                @Override
                public Integer make(JobTables tables) throws StoreException {
                    return tables.deliveries().forget(now, step);
                }
            });
        }
    }

    /** When the delivery is tried, as far as is known: once it is due, and its receiver is not held back; null if it has ended. */
    public @Nullable Instant nextTry(Delivery delivery) {
        Instant due = delivery.dueAt();
        Instant held = due == null ? null : outbox.heldUntil(delivery.receiver());
        return held != null && held.isAfter(due) ? held : due;
    }

    /** The deliveries of a job, the oldest first; null if there is no such job, and none of its deliveries either. */
    public @Nullable List<Delivery> of(UUID job) throws StoreException {
        return store.read(tables -> {
            List<Delivery> deliveries = tables.deliveries().of(job, MOST_LISTED);
            return deliveries.isEmpty() && tables.find(job) == null ? null : deliveries;
        });
    }

    /** Has a delivery tried now, whatever its state; as it is then, null if there is none. Waits for the store. */
    public @Nullable Delivery retry(DeliveryKey key) throws StoreException, InterruptedException {
        record Renewed(@Nullable OutgoingDelivery parcel, boolean again) {}
        BlockingChange<Renewed> change = new BlockingChange<>() {
            @Override
            public Renewed make(JobTables tables) throws StoreException {
                OutgoingDelivery before = tables.deliveries().find(key);
                if (before == null) {
                    return new Renewed(null, false);
                }
                boolean _ = tables.deliveries().renew(key, clock.instant());
                return new Renewed(
                        tables.deliveries().find(key), before.delivery().state() != DeliveryState.PENDING);
            }

            @Override
            public void follow(Renewed done) {
                if (done.parcel != null) {
                    pending.add(done.parcel.delivery().receiver(), done.again ? 1 : 0);
                    outbox.renewed(done.parcel);
                }
            }

            @Override
            public void undo(Renewed done) {
                follow(done);
            }

            @Override
            public long bytes() {
                return LONG_BODY;
            }
        };
        // Tries that ended before are recorded before.
        Renewed renewed = calls.awaitUnhurried(change);
        return renewed.parcel == null ? null : renewed.parcel.delivery();
    }
}
