package dev.motorpool.detached.store;

import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.TryResult;
import java.time.Duration;
import java.time.Instant;

/** The tables of deliveries within a transaction. */
public interface DeliveryTables extends DeliveryReader {

    /** Adds a pending delivery, which belongs to the tenant of its job. One that is there already stays as it is. */
    void insert(OutgoingDelivery outgoing) throws StoreException;

    /**
     * Records a try of a pending delivery. If it was renewed since the try began, it has the try in its log and is otherwise
     * as it was: no other try of it has been recorded, as there is one at a time.
     *
     * @param forgetAt when it is forgotten, if it has ended with this try; it stays as long as its job, if that is longer
     * @return false if it was renewed, or is not pending
     */
    boolean record(TryResult result, Instant forgetAt) throws StoreException;

    /** A delivery in any state is pending again, due at this moment, with as many tries before it as a new one; whether there is one. */
    boolean renew(DeliveryKey key, Instant dueAt) throws StoreException;

    /** Has deliveries that are due after the first moment, and not after the second, due that much later. */
    void postpone(Instant after, Instant latest, Duration by) throws StoreException;

    /** Removes deliveries that have ended and whose time to stay is over, at most so many; how many. */
    int forget(Instant now, int most) throws StoreException;
}
