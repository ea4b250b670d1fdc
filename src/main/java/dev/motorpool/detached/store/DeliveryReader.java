package dev.motorpool.detached.store;

import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.OutgoingDelivery;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/** Read access to the tables of deliveries. */
public interface DeliveryReader {

    /**
     * All deliveries of a job, the oldest round first; at most the latest {@code most}, fewer if they are long. They
     * may outlive the job.
     */
    List<Delivery> of(UUID job, int most) throws StoreException;

    @Nullable
    OutgoingDelivery find(DeliveryKey key) throws StoreException;

    /**
     * Pending deliveries to a receiver that are due, those that are due longest first.
     *
     * @param most how many at most
     * @param mostBytes limit of the bytes of their bodies; at least one is returned
     */
    List<OutgoingDelivery> due(String receiver, Instant now, int most, long mostBytes) throws StoreException;

    /** When the next delivery to a receiver is due after this moment; null if there is none. */
    @Nullable
    Instant nextDue(String receiver, Instant after) throws StoreException;

    /** Receivers with pending deliveries in the order of their names, after this name; at most {@code most}. */
    List<DueReceiver> receivers(String after, int most) throws StoreException;

    /**
     * A receiver with pending deliveries.
     *
     * @param firstDue when the first of them is due, or was
     */
    record DueReceiver(String name, Instant firstDue) {}

    /** Reports each receiver with pending deliveries, and how many it has. */
    void pending(ObjLongConsumer<String> each) throws StoreException;
}
