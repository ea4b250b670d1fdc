package dev.motorpool.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.Attempt;
import dev.motorpool.json.RawJson;
import dev.motorpool.store.JobDraft;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The stored bytes of a tenant equal a count of the whole store, after every kind of change to its jobs. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class TenantBytesTest {

    private static final String SHOP = "shop";
    private static final String OTHER = "other";
    private static final Set<String> COUNTED = Set.of(SHOP);
    private static final RawJson ERROR = RawJson.of("{\"type\":\"function-raised\"}");

    @TempDir
    Path dataDir;

    private final Random random = new Random(12);
    private final List<UUID> jobs = new ArrayList<>();

    private SqliteJobStore open() throws Exception {
        return SqliteJobStore.open(dataDir.resolve(SqliteJobStore.FILE));
    }

    private static long bytes(SqliteJobStore store, String tenant) throws StoreException {
        return store.<Long>read(tables -> tables.bytes(tenant));
    }

    private static long countedAnew(SqliteJobStore store) throws StoreException {
        store.write(tables -> {
            tables.countBytes(Set.of());
            tables.countBytes(COUNTED);
        });
        return bytes(store, SHOP);
    }

    @Test
    void bytesAreThoseOfACountOfAll() throws Exception {
        try (SqliteJobStore store = open()) {
            store.write(tables -> tables.countBytes(COUNTED));
            for (int i = 0; i < 12; i++) {
                for (int step = 0; step < 40; step++) {
                    store.write(this::change);
                }
                long kept = bytes(store, SHOP);
                assertThat(kept).isPositive().isEqualTo(countedAnew(store));
            }
            assertThat(bytes(store, OTHER)).isZero();
        }
    }

    @Test
    void aRestartKeepsThemAndWhatIsForgottenIsFree() throws Exception {
        long before;
        try (SqliteJobStore store = open()) {
            for (int step = 0; step < 50; step++) {
                store.write(this::insert);
            }
            store.write(tables -> tables.countBytes(COUNTED)); // what was there before counts
            store.write(this::insert);
            before = bytes(store, SHOP);
            assertThat(before).isPositive();
        }
        try (SqliteJobStore store = open()) {
            store.write(tables -> tables.countBytes(COUNTED));
            assertThat(bytes(store, SHOP)).isEqualTo(before);
            Instant later = JobDraft.NOW.plus(Duration.ofDays(9));
            store.write(tables -> {
                for (UUID job : jobs) {
                    tables.cancel(job, JobDraft.NOW, ERROR);
                }
                tables.delete(jobs.getFirst());
                tables.forget(later, 1_000);
            });
            assertThat(bytes(store, SHOP)).isZero();
        }
        // Without limits nothing is counted.
        try (SqliteJobStore store = open()) {
            store.write(tables -> tables.countBytes(Set.of()));
            store.write(this::insert);
            assertThat(bytes(store, SHOP)).isZero();
        }
    }

    private RawJson text() {
        return RawJson.of("\"" + "x".repeat(random.nextInt(5_000)) + "\"");
    }

    private void insert(JobTables tables) throws StoreException {
        String tenant = random.nextBoolean() ? SHOP : OTHER;
        JobDraft draft = new JobDraft().tenant(tenant).args(text()).tags(Map.of("name", "value"));
        if (random.nextBoolean()) {
            draft.map(3);
        }
        UUID id = draft.made().id();
        RepeatKey key = random.nextBoolean() ? new RepeatKey(tenant, "ci", "/path", id.toString(), "digest") : null;
        tables.insert(draft.made(), key);
        jobs.add(id);
    }

    private void change(JobTables tables) throws StoreException {
        if (jobs.isEmpty()) {
            insert(tables);
        }
        UUID job = jobs.get(random.nextInt(jobs.size()));
        int attempt = 1 + random.nextInt(3);
        Instant begin = JobDraft.NOW.plusSeconds(attempt);
        Attempt running = new Attempt(attempt, begin, null, "worker", 1, null);
        Attempt over = new Attempt(attempt, begin, begin.plusSeconds(1), "worker", 1, ERROR);
        AttemptEnd end = new AttemptEnd(over, 1, 1, text(), new byte[random.nextInt(3_000)]);
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> insert(tables);
            case 3 -> tables.start(job, running, 1);
            case 4 -> tables.tell(job, attempt, text(), new byte[random.nextInt(3_000)]);
            case 5 -> tables.succeed(job, end, text());
            case 6 -> tables.fail(job, end, ERROR);
            case 7 -> tables.reschedule(job, end, begin);
            case 8 -> tables.cancel(job, begin, ERROR);
            case 9 -> tables.retry(job, begin, 1);
            case 10 ->
                tables.addResults(
                        job,
                        attempt,
                        List.of(new MapResults(
                                attempt, attempt, 1, random.nextBoolean(), new byte[random.nextInt(3_000)])));
            case 11 -> tables.deliveries().insert(parcel(job));
            case 12 -> tables.delete(job);
            default -> {
                tables.recover(begin, 3, ERROR);
                tables.forget(begin, 1);
                tables.makeDue(begin, 5);
                tables.withdraw(job);
            }
        }
    }

    private OutgoingDelivery parcel(UUID job) {
        Delivery delivery = new Delivery(
                new DeliveryKey(job, 1 + random.nextInt(3)),
                "https://example.com/hook",
                "https://example.com",
                "job.succeeded",
                DeliveryState.PENDING,
                JobDraft.NOW,
                JobDraft.NOW,
                0,
                RawJson.EMPTY_ARRAY,
                null);
        return new OutgoingDelivery(delivery, text());
    }
}
