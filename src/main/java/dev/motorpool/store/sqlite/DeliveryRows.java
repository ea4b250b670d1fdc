package dev.motorpool.store.sqlite;

import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.TryResult;
import dev.motorpool.detached.store.DeliveryTables;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.function.TraceContext;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/** Deliveries: a row each, found by job and by receiver. */
final class DeliveryRows implements DeliveryTables {

    /** Maximum bytes of a body in the delivery's row; longer ones have a row of their own. */
    private static final int SHORT_BYTES = SqliteTables.SHORT_BYTES;

    private static final String COLUMNS =
            "job_id, round, url, receiver, type, state, created_at, due_at, tries, log," + " traceparent, tracestate";

    private static final String WITH_BODY = "SELECT " + COLUMNS
            + ", coalesce(body, (SELECT b.body FROM delivery_bodies b WHERE b.delivery = deliveries.delivery))"
            + " FROM deliveries ";

    private static final String OVER =
            "(SELECT delivery FROM deliveries INDEXED BY deliveries_staying WHERE forget_at <= ?"
                    + " ORDER BY forget_at, delivery LIMIT ?)";

    private final Database database;

    DeliveryRows(Database database) {
        this.database = database;
    }

    @Override
    public List<Delivery> of(UUID job, int most) throws StoreException {
        List<Delivery> deliveries = new ArrayList<>();
        try (Rows rows = database.sql(
                        "SELECT " + COLUMNS + " FROM deliveries WHERE job_id = ? ORDER BY round DESC LIMIT ?")
                .with(job)
                .with(most)
                .rows()) {
            for (long bytes = 0; bytes < JobReader.MOST_LISTED_BYTES && rows.next(); ) {
                Delivery delivery = read(rows);
                deliveries.add(delivery);
                bytes += delivery.url().length() + (long) delivery.log().length();
            }
        }
        Collections.reverse(deliveries);
        return deliveries;
    }

    @Override
    public @Nullable OutgoingDelivery find(DeliveryKey key) throws StoreException {
        try (Rows rows = database.sql(WITH_BODY + "WHERE job_id = ? AND round = ?")
                .with(key.job())
                .with(key.round())
                .rows()) {
            return rows.next() ? parcel(rows) : null;
        }
    }

    @Override
    public List<OutgoingDelivery> due(String receiver, Instant now, int most, long mostBytes) throws StoreException {
        List<OutgoingDelivery> parcels = new ArrayList<>();
        try (Rows rows = database.sql(WITH_BODY + "INDEXED BY deliveries_due WHERE receiver = ? AND due_at <= ?"
                        + " ORDER BY due_at, delivery LIMIT ?")
                .with(receiver)
                .with(now)
                .with(most)
                .rows()) {
            for (long bytes = 0; (parcels.isEmpty() || bytes < mostBytes) && rows.next(); ) {
                OutgoingDelivery outgoing = parcel(rows);
                parcels.add(outgoing);
                bytes += outgoing.bytes();
            }
        }
        return parcels;
    }

    @Override
    public @Nullable Instant nextDue(String receiver, Instant after) throws StoreException {
        try (Rows rows = database.sql("SELECT min(due_at) FROM deliveries INDEXED BY deliveries_due"
                        + " WHERE receiver = ? AND due_at > ?")
                .with(receiver)
                .with(after)
                .rows()) {
            return rows.next() ? rows.moment() : null;
        }
    }

    /** One step in the index for each receiver, however many deliveries it has. */
    @Override
    public List<DueReceiver> receivers(String after, int most) throws StoreException {
        List<DueReceiver> receivers = new ArrayList<>();
        String last = after;
        while (receivers.size() < most) {
            try (Rows rows = database.sql("SELECT receiver, due_at FROM deliveries INDEXED BY deliveries_due"
                            + " WHERE receiver > ? AND due_at IS NOT NULL ORDER BY receiver, due_at LIMIT 1")
                    .with(last)
                    .rows()) {
                if (!rows.next()) {
                    return receivers;
                }
                last = rows.word();
                receivers.add(new DueReceiver(last, rows.time()));
            }
        }
        return receivers;
    }

    @Override
    public void pending(ObjLongConsumer<String> each) throws StoreException {
        try (Rows rows = database.sql("SELECT receiver, count(*) FROM deliveries INDEXED BY deliveries_due"
                        + " WHERE due_at IS NOT NULL GROUP BY receiver")
                .rows()) {
            while (rows.next()) {
                each.accept(rows.word(), rows.integer());
            }
        }
    }

    private static OutgoingDelivery parcel(Rows rows) throws StoreException {
        Delivery delivery = read(rows);
        return new OutgoingDelivery(delivery, Objects.requireNonNull(rows.json()));
    }

    private static Delivery read(Rows rows) throws StoreException {
        DeliveryKey key = new DeliveryKey(rows.id(), rows.integer());
        String url = rows.word();
        String receiver = rows.word();
        String type = rows.word();
        DeliveryState state = state(rows.integer());
        Instant createdAt = rows.time();
        Instant dueAt = rows.moment();
        int tries = rows.integer();
        RawJson log = rows.json();
        TraceContext trace = TraceContext.read(rows.text(), rows.text());
        return new Delivery(
                key,
                url,
                receiver,
                type,
                state,
                createdAt,
                dueAt,
                tries,
                log == null ? RawJson.EMPTY_ARRAY : log,
                trace);
    }

    private static int number(DeliveryState state) {
        return switch (state) {
            case PENDING -> 0;
            case DELIVERED -> 1;
            case FAILED -> 2;
        };
    }

    private static DeliveryState state(int number) {
        return switch (number) {
            case 0 -> DeliveryState.PENDING;
            case 1 -> DeliveryState.DELIVERED;
            default -> DeliveryState.FAILED;
        };
    }

    @Override
    public void insert(OutgoingDelivery outgoing) throws StoreException {
        Delivery delivery = outgoing.delivery();
        boolean inRow = outgoing.body().length() <= SHORT_BYTES;
        TraceContext trace = delivery.trace();
        int added = database.sql("INSERT INTO deliveries (job_id, round, state, receiver, url, type, created_at,"
                        + " due_at, body, traceparent, tracestate, tenant) VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?,"
                        + " coalesce((SELECT j.tenant FROM jobs j WHERE j.id = ?), 'default'))"
                        + " ON CONFLICT (job_id, round) DO NOTHING")
                .with(delivery.key().job())
                .with(delivery.key().round())
                .with(delivery.receiver())
                .with(delivery.url())
                .with(delivery.type())
                .with(delivery.createdAt())
                .with(delivery.dueAt())
                .with(inRow ? outgoing.body() : null)
                .with(trace == null ? null : trace.traceparent())
                .with(trace == null ? null : trace.tracestate())
                .with(delivery.key().job())
                .run();
        if (added == 1 && !inRow) {
            database.sql("INSERT INTO delivery_bodies (delivery, body) VALUES (last_insert_rowid(), ?)")
                    .with(outgoing.body())
                    .run();
        }
    }

    @Override
    public boolean record(TryResult result, Instant forgetAt) throws StoreException {
        boolean pending = result.state() == DeliveryState.PENDING;
        boolean recorded = database.sql("UPDATE deliveries SET state = ?, due_at = ?, forget_at = max(?, coalesce("
                                + "(SELECT j.forget_at FROM jobs j WHERE j.id = deliveries.job_id), 0)),"
                                + " tries = ?, log = ?"
                                + " WHERE job_id = ? AND round = ? AND state = 0 AND due_at IS ?")
                        .with(number(result.state()))
                        .with(pending ? Objects.requireNonNull(result.nextAt()) : null)
                        .with(pending ? null : forgetAt)
                        .with(result.tries())
                        .with(result.log())
                        .with(result.key().job())
                        .with(result.key().round())
                        .with(result.dueAt())
                        .run()
                == 1;
        if (!recorded) {
            database.sql("UPDATE deliveries SET log = ? WHERE job_id = ? AND round = ? AND state = 0")
                    .with(result.log())
                    .with(result.key().job())
                    .with(result.key().round())
                    .run();
        }
        return recorded;
    }

    @Override
    public boolean renew(DeliveryKey key, Instant dueAt) throws StoreException {
        return database.sql("UPDATE deliveries SET state = 0, due_at = ?, forget_at = NULL, tries = 0"
                                + " WHERE job_id = ? AND round = ?")
                        .with(dueAt)
                        .with(key.job())
                        .with(key.round())
                        .run()
                == 1;
    }

    @Override
    public void postpone(Instant after, Instant latest, Duration by) throws StoreException {
        database.sql("UPDATE deliveries SET due_at = due_at + ? WHERE due_at > ? AND due_at <= ?")
                .with(Sql.micros(Instant.EPOCH.plus(by)))
                .with(after)
                .with(latest)
                .run();
    }

    @Override
    public int forget(Instant now, int most) throws StoreException {
        database.sql("DELETE FROM delivery_bodies WHERE delivery IN " + OVER)
                .with(now)
                .with(most)
                .run();
        return database.sql("DELETE FROM deliveries WHERE delivery IN " + OVER)
                .with(now)
                .with(most)
                .run();
    }
}
