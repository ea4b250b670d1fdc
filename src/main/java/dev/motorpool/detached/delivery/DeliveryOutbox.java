package dev.motorpool.detached.delivery;

import dev.motorpool.detached.commit.Transactions;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.model.JobDocument;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.request.TimeText;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Creates the deliveries of ending jobs in the transactions that end them, and passes them on after the commit. Used by
 * the one writing thread.
 */
public final class DeliveryOutbox {

    /** Most bytes of a map's values in a webhook: as many as a single call's value may have. */
    private static final long MAP_BYTES = 16 << 20;

    /** Most bytes passed on from one transaction; the sender's next round reads the rest from the store. */
    private static final long MOST_BYTES = 32 << 20;

    private final Consumer<OutgoingDelivery> outbox;

    /** Deliveries of the current transaction; owned by the writing thread. */
    private final List<OutgoingDelivery> made = new ArrayList<>();

    /** Their bytes; owned by the writing thread. */
    private long bytes;

    /** @param outbox receives created deliveries; must not block */
    public DeliveryOutbox(Consumer<OutgoingDelivery> outbox) {
        this.outbox = outbox;
    }

    /** Wraps the store: deliveries created in a transaction are sent after its commit. */
    public JobStore over(JobStore store) {
        return new JobStore() {
            @Override
            public void write(Work work) throws StoreException {
                store.write(tables -> {
                    forget(); // of an earlier try of the transaction
                    work.run(tables);
                });
                handOver();
            }

            @Override
            public <T extends @Nullable Object> T read(Reading<T> reading) throws StoreException {
                return store.read(reading);
            }

            @Override
            public Disk disk(long wanted) {
                return store.disk(wanted);
            }

            @Override
            public void close() {
                store.close();
            }
        };
    }

    /** Deliveries that cannot be passed on are read from the store by the sender's next round. */
    private void handOver() {
        try {
            made.forEach(outbox);
        } catch (RuntimeException | Error defect) {
            Transactions.report("Deliveries could not be handed over", defect);
        } finally {
            forget();
        }
    }

    private void forget() {
        made.clear();
        bytes = 0;
    }

    /**
     * The job has reached a final state within this transaction.
     *
     * @param value of a single call that has succeeded; else null
     */
    public void ended(JobTables tables, StoredJob job, @Nullable RawJson value) throws StoreException {
        String url = job.spec().callbacks().forState(job.state());
        if (url == null) {
            return;
        }
        Instant at = Objects.requireNonNull(job.finishedAt(), "a job that has ended");
        Delivery delivery = new Delivery(
                new DeliveryKey(job.id(), job.round()),
                url,
                Deliveries.receiver(url),
                "job." + job.state().word(),
                DeliveryState.PENDING,
                at,
                at,
                0,
                RawJson.EMPTY_ARRAY,
                job.trace());
        OutgoingDelivery outgoing = new OutgoingDelivery(delivery, body(tables, job, delivery, value));
        tables.deliveries().insert(outgoing);
        bytes += outgoing.bytes();
        if (bytes <= MOST_BYTES) {
            made.add(outgoing);
        }
    }

    private RawJson body(JobTables tables, StoredJob job, Delivery delivery, @Nullable RawJson value)
            throws StoreException {
        Attempt latest = job.latest();
        List<Attempt> attempts =
                latest == null ? List.of() : latest.number() == 1 ? List.of(latest) : tables.attempts(job.id());
        JsonWriter json = new JsonWriter().beginObject();
        json.name("type").value(delivery.type());
        json.name("timestamp").value(TimeText.of(delivery.createdAt()));
        json.name("data");
        JobView view = new JobView(job, attempts, value);
        MapContent map = MapContent.of(tables, job, MAP_BYTES);
        if (map == null) {
            JobDocument.whole(json, view, value == null ? RawJson.NULL : value, null);
        } else {
            JobDocument.whole(json, view, map.values(), map.errors());
        }
        return json.endObject().toRawJson();
    }
}
