package dev.motorpool.store.sqlite;

import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Idempotency keys, which make calls safe to repeat. Each stays as long as its job, and for at least a day. */
final class RepeatKeys {

    private static final Duration LEAST_STAY = Duration.ofDays(1);

    private final Database database;

    RepeatKeys(Database database) {
        this.database = database;
    }

    /**
     * A key that was used before.
     *
     * @param digest of the body that it came with first
     * @param id of the job that was made then
     */
    record Known(String digest, UUID id) {}

    @Nullable
    Known find(RepeatKey key) throws StoreException {
        try (Rows rows = database.sql("SELECT digest, id FROM repeat_keys WHERE tenant = ? AND owner = ? AND path = ?"
                        + " AND key = ?")
                .with(key.tenant())
                .with(key.owner())
                .with(key.path())
                .with(key.key())
                .rows()) {
            return rows.next() ? new Known(rows.word(), rows.id()) : null;
        }
    }

    void add(RepeatKey key, UUID id, Instant at) throws StoreException {
        database.sql("INSERT INTO repeat_keys (tenant, owner, path, key, digest, id, look_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)")
                .with(key.tenant())
                .with(key.owner())
                .with(key.path())
                .with(key.key())
                .with(key.digest())
                .with(id)
                .with(at.plus(LEAST_STAY))
                .run();
    }

    /** Removes the key of a job that is withdrawn. */
    void remove(UUID id) throws StoreException {
        database.sql("DELETE FROM repeat_keys WHERE id = ?").with(id).run();
    }

    /** Removes keys whose time is over and whose jobs are gone. Looks at no more than {@code most}. */
    void forget(Instant now, int most) throws StoreException {
        String due = " (SELECT repeat_key FROM repeat_keys WHERE look_at <= ? ORDER BY look_at, repeat_key LIMIT ?)";
        database.sql("UPDATE repeat_keys SET look_at = ? WHERE repeat_key IN" + due
                        + " AND id IN (SELECT id FROM jobs WHERE jobs.id = repeat_keys.id)")
                .with(now.plus(LEAST_STAY))
                .with(now)
                .with(most)
                .run();
        database.sql("DELETE FROM repeat_keys WHERE repeat_key IN" + due
                        + " AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = repeat_keys.id)")
                .with(now)
                .with(most)
                .run();
    }
}
