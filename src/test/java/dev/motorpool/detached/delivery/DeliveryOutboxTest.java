package dev.motorpool.detached.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.Callbacks;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.RawJson;
import dev.motorpool.store.sqlite.SqliteJobStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryOutboxTest {

    @TempDir
    Path directory;

    private final List<OutgoingDelivery> sent = new ArrayList<>();
    private final DeliveryOutbox outbox = new DeliveryOutbox(sent::add);

    @Test
    void deliveriesOfATransactionThatFailedAreNotSent() throws Exception {
        StoredJob lost = ended();
        StoredJob stored = ended();
        try (JobStore store = outbox.over(SqliteJobStore.open(directory.resolve("jobs.db")))) {
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> store.write(tables -> {
                        outbox.ended(tables, lost, null);
                        throw new StoreException("refused");
                    }));
            store.write(tables -> outbox.ended(tables, stored, null));
            store.write(tables -> tables.probe());
        }
        assertThat(sent).extracting(each -> each.delivery().key().job()).containsExactly(stored.id());
    }

    private static StoredJob ended() {
        JobSpec spec = new JobSpec(
                "apply_async",
                "echo",
                "pool",
                null,
                null,
                0,
                Map.of(),
                0,
                Duration.ZERO,
                Duration.ofDays(1),
                null,
                new Callbacks(null, "http://receiver/"));
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        return StoredJob.submitted(UUID.randomUUID(), "default", spec, now, null, null)
                .cancelled(now, RawJson.of("{}"));
    }
}
