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
 * The deliveries in the store, for their sender and for clients. Changes go through the one writing thread, together
 * with all other changes. Thread-safe.
 */
public final class Deliveries {

    /** Listens for deliveries that are on stable storage and due. Must not block. */
    public interface Outbox {
        /** A job has ended, and this delivery was created. */
        default void made(OutgoingDelivery outgoing) {}

        /** A client has requested an attempt now. */
        default void renewed(OutgoingDelivery outgoing) {}

        /** The clock was set, and the due times in the store have changed. */
        default void clockSet() {}

        /** Earliest next attempt of the receiver; null if it is not delayed. */
        default @Nullable Instant heldUntil(String receiver) {
            return null;
        }
    }

    /** A pending delivery is due within this time. */
    public static final Duration LONGEST_PAUSE = Duration.ofHours(27);

    private static final int MOST_LISTED = 1_000;

    /** A receiver may have this multiple of the remaining room. */
    private static final int SHARE = 9;

    /** Assumed length of a body before it is read; few of these fit into one transaction. */
    private static final long LONG_BODY = 4 << 20;

    private final JobStore store;
    private final GroupCommitWriter writer;
    private final StoreCalls calls;
    private final Clock clock;
    private final SetClock setClock;

    /** Set once, before any delivery is due. */
    private volatile Outbox outbox = new Outbox() {};

    private final PendingCounts pending = new PendingCounts();

    public Deliveries(JobStore store, GroupCommitWriter writer, StoreCalls calls, Clock clock, SetClock setClock) {
        this.store = store;
        this.writer = writer;
        this.calls = calls;
        this.clock = clock;
        this.setClock = setClock;
    }

    /** Sets the outbox that receives deliveries created from now on; earlier ones are in the store. */
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
     * The due deliveries of a receiver.
     *
     * @param deliveries those that are due longest first
     * @param next when another one is due, which may be now; null if there is none
     */
    public record Due(
            List<OutgoingDelivery> deliveries, @Nullable Instant next) {}

    /**
     * Due deliveries, at most this many with about this many bytes of bodies, and when another one is due: now, if there
     * may be more than these.
     */
    public Due due(String receiver, Instant now, int most, long mostBytes) throws StoreException {
        return store.read(tables -> {
            List<OutgoingDelivery> parcels = tables.deliveries().due(receiver, now, most, mostBytes);
            long bytes = parcels.stream().mapToLong(OutgoingDelivery::bytes).sum();
            boolean cut = parcels.size() == most || bytes >= mostBytes;
            return new Due(parcels, cut ? now : tables.deliveries().nextDue(receiver, now));
        });
    }

    /** Approximate number of pending deliveries: the result of the latest {@link #recount} and the changes since. */
    public long pending() {
        return pending.all();
    }

    /**
     * Whether the receiver of this URL may have one more pending delivery. A receiver may have a multiple of the
     * remaining room (a dynamic threshold, Choudhury and Hahne 1998): one that accepts nothing gets nine tenths of the
     * backlog, two get a little more than nine twentieths each, and the rest remains for the others.
     *
     * @param room how many more deliveries may be pending, over all receivers
     */
    public boolean hasRoomFor(String url, long room) {
        return room > 0 && (pending.all() < room || pending.of(receiver(url)) < SHARE * room);
    }

    /** The receiver of this URL. */
    static String receiver(String url) {
        return WebTarget.parse(url).origin();
    }

    /** Counts pending deliveries; until then those from before the start of the service are not counted. */
    public void recount() throws StoreException {
        PendingCounts known = pending.copy();
        PendingCounts counted = new PendingCounts();
        store.read(tables -> {
            tables.deliveries().pending(counted::add);
            return null;
        });
        pending.correct(known, counted);
    }

    /** The result of recording an attempt. */
    public enum Recorded {
        /** It is on stable storage. */
        WRITTEN,
        /** The delivery was retried by hand during the attempt, or has ended: only its log is updated. */
        OVERTAKEN,
        /** The store refuses it, and the delivery is unchanged. */
        REFUSED
    }

    /**
     * Records an attempt, together with other changes a moment later. Does not block.
     *
     * @param receiver the receiver of the delivery
     * @param retain retention of the delivery if it has ended
     * @param recorded receives the result, on the store's thread
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

    /** Deletes deliveries whose retention is over, in small steps. Blocks on the store. */
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

    /** Expected time of the next attempt: when it is due, and its receiver is not delayed; null if it has ended. */
    public @Nullable Instant nextTry(Delivery delivery) {
        Instant due = delivery.dueAt();
        Instant held = due == null ? null : outbox.heldUntil(delivery.receiver());
        return held != null && held.isAfter(due) ? held : due;
    }

    /** The deliveries of a job, the oldest first; null if neither the job nor a delivery exists. */
    public @Nullable List<Delivery> of(UUID job) throws StoreException {
        return store.read(tables -> {
            List<Delivery> deliveries = tables.deliveries().of(job, MOST_LISTED);
            return deliveries.isEmpty() && tables.find(job) == null ? null : deliveries;
        });
    }

    /** Makes a delivery due now, in any state; returns it, or null if there is none. Blocks on the store. */
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
        // Attempts that ended before are recorded before.
        Renewed renewed = calls.awaitUnhurried(change);
        return renewed.parcel == null ? null : renewed.parcel.delivery();
    }
}
