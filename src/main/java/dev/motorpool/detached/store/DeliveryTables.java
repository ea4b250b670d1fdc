package dev.motorpool.detached.store;

import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.TryResult;
import java.time.Duration;
import java.time.Instant;

/** Write access to the tables of deliveries, within a transaction. */
public interface DeliveryTables extends DeliveryReader {

    /** Adds a pending delivery, which belongs to the tenant of its job. An existing one is unchanged. */
    void insert(OutgoingDelivery outgoing) throws StoreException;

    /**
     * Records an attempt at a pending delivery. If the delivery was renewed since the attempt began, only its log
     * changes; no other attempt has been recorded, because there is only one at a time.
     *
     * @param forgetAt when it is deleted, if it has ended with this attempt; not before its job
     * @return false if it was renewed, or is not pending
     */
    boolean record(TryResult result, Instant forgetAt) throws StoreException;

    /**
     * Makes a delivery in any state pending again, due at this moment, with its count of attempts reset; false if there
     * is none.
     */
    boolean renew(DeliveryKey key, Instant dueAt) throws StoreException;

    /** Moves the due times between these moments (the first excluded, the second included) by this duration. */
    void postpone(Instant after, Instant latest, Duration by) throws StoreException;

    /** Deletes deliveries that have ended and whose retention is over, at most {@code most}; returns how many. */
    int forget(Instant now, int most) throws StoreException;
}
