package dev.motorpool.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.TryResult;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.DeliveryReader;
import dev.motorpool.detached.store.DeliveryReader.DueReceiver;
import dev.motorpool.detached.store.DeliveryTables;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.json.RawJson;
import dev.motorpool.testing.LeavesNothingBehind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store does with deliveries; a test for each kind of store only says how it is opened. */
@ExtendWith(LeavesNothingBehind.class)
abstract class DeliveryContract {

    private static final Instant NOW = JobDraft.NOW;
    private static final String RECEIVER = "https://hooks.example:443";
    private static final RawJson LOG = RawJson.of("[{\"status\":500}]");
    private static final long ANY_BYTES = Long.MAX_VALUE;

    private JobStore store;

    /** Opens the store of this test: the same data each time. */
    abstract JobStore open() throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @FunctionalInterface
    private interface Changing<T> {
        T run(DeliveryTables deliveries) throws StoreException;
    }

    private <T> T change(Changing<T> changing) throws StoreException {
        List<T> answer = new ArrayList<>();
        store.write(tables -> answer.add(changing.run(tables.deliveries())));
        return answer.getLast();
    }

    @FunctionalInterface
    private interface Reading<T> {
        T run(DeliveryReader deliveries) throws StoreException;
    }

    private <T> T read(Reading<T> reading) throws StoreException {
        return store.read(tables -> reading.run(tables.deliveries()));
    }

    private static OutgoingDelivery parcel(UUID job, int round, String receiver, Instant dueAt, String body) {
        Delivery delivery = new Delivery(
                new DeliveryKey(job, round),
                receiver + "/hook?a=b",
                receiver,
                "job.succeeded",
                DeliveryState.PENDING,
                NOW,
                dueAt,
                0,
                RawJson.EMPTY_ARRAY,
                JobDraft.TRACE);
        return new OutgoingDelivery(delivery, RawJson.of(body));
    }

    private OutgoingDelivery insert(UUID job, int round, String receiver, Instant dueAt, String body)
            throws StoreException {
        OutgoingDelivery outgoing = parcel(job, round, receiver, dueAt, body);
        store.write(tables -> tables.deliveries().insert(outgoing));
        return outgoing;
    }

    @Test
    void aDeliveryBelongsToTheTenantOfItsJob() throws Exception {
        WaitingJob job = new JobDraft().tenant("a").made();
        OutgoingDelivery outgoing = parcel(job.id(), 1, RECEIVER, NOW, "{}");
        store.write(tables -> {
            tables.insert(job, null);
            tables.deliveries().insert(outgoing);
            tables.cancel(job.id(), NOW, LOG);
            tables.delete(job.id());
        });
        assertThat(find(outgoing)).isNotNull();
        assertThat(store.<@Nullable String>read(tables -> tables.tenant(job.id())))
                .isEqualTo("a");
    }

    private OutgoingDelivery insert(String receiver, Instant dueAt) throws StoreException {
        return insert(UUID.randomUUID(), 1, receiver, dueAt, "{}");
    }

    private @Nullable OutgoingDelivery find(OutgoingDelivery outgoing) throws StoreException {
        return store.read(tables -> tables.deliveries().find(outgoing.delivery().key()));
    }

    private List<OutgoingDelivery> due(Instant now, int most, long mostBytes) throws StoreException {
        return read(deliveries -> deliveries.due(RECEIVER, now, most, mostBytes));
    }

    // The overloads of assertThat do not determine a lambda's type.

    private List<Delivery> of(UUID job, int most) throws StoreException {
        return read(deliveries -> deliveries.of(job, most));
    }

    private @Nullable Instant nextDue(Instant after) throws StoreException {
        return store.read(tables -> tables.deliveries().nextDue(RECEIVER, after));
    }

    private List<DueReceiver> receivers(String after, int most) throws StoreException {
        return read(deliveries -> deliveries.receivers(after, most));
    }

    private long pending() throws StoreException {
        return pendingOfEach().values().stream().mapToLong(Long::longValue).sum();
    }

    private Map<String, Long> pendingOfEach() throws StoreException {
        Map<String, Long> pending = new HashMap<>();
        store.read(tables -> {
            tables.deliveries().pending((receiver, count) -> pending.merge(receiver, count, Long::sum));
            return null;
        });
        return pending;
    }

    private int forget(Instant now, int most) throws StoreException {
        return change(deliveries -> deliveries.forget(now, most));
    }

    private boolean renew(DeliveryKey key, Instant dueAt) throws StoreException {
        return change(deliveries -> deliveries.renew(key, dueAt));
    }

    private @Nullable StoredJob job(UUID id) throws StoreException {
        return store.read(tables -> tables.find(id));
    }

    private static TryResult result(
            OutgoingDelivery outgoing, DeliveryState state, @Nullable Instant nextAt, int tries) {
        return new TryResult(outgoing.delivery().key(), outgoing.delivery().dueAt(), state, NOW, nextAt, tries, LOG);
    }

    private boolean record(TryResult result, Instant forgetAt) throws StoreException {
        return change(deliveries -> deliveries.record(result, forgetAt));
    }

    private static Instant at(long seconds) {
        return NOW.plusSeconds(seconds);
    }

    @ParameterizedTest
    @EnumSource(DeliveryState.class)
    void aRetryByHandIsNotOverwrittenByTheTryUnderWay(DeliveryState state) throws Exception {
        OutgoingDelivery outgoing = insert(RECEIVER, NOW);
        assertThat(renew(outgoing.delivery().key(), at(1))).isTrue();
        Instant next = state == DeliveryState.PENDING ? at(60) : null;
        assertThat(record(result(outgoing, state, next, 1), at(60))).isFalse();
        assertThat(due(at(1), 10, ANY_BYTES)).hasSize(1);
        Delivery renewed = Objects.requireNonNull(find(outgoing)).delivery();
        assertThat(renewed.log()).as("the try that was under way").isEqualTo(LOG);
        assertThat(renewed.tries()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2_046, 2_047, 300_000})
    void aDeliveryIsFoundAsItWasAdded(int length) throws Exception {
        OutgoingDelivery outgoing = insert(UUID.randomUUID(), 3, RECEIVER, NOW, "\"" + "x".repeat(length) + "\"");
        store.close();
        store = open();
        assertThat(find(outgoing)).isEqualTo(outgoing);
        assertThat(due(NOW, 10, ANY_BYTES)).containsExactly(outgoing);
        assertThat(pending()).isEqualTo(1);
    }

    @Test
    void oneThatIsThereStaysAsItIs() throws Exception {
        OutgoingDelivery first = insert(UUID.randomUUID(), 1, RECEIVER, NOW, "{}");
        record(result(first, DeliveryState.DELIVERED, null, 1), at(60));
        insert(first.delivery().key().job(), 1, RECEIVER, at(5), "\"" + "x".repeat(5_000) + "\"");
        OutgoingDelivery found = Objects.requireNonNull(find(first));
        assertThat(found.body()).isEqualTo(first.body());
        assertThat(found.delivery().state()).isEqualTo(DeliveryState.DELIVERED);
    }

    @Test
    void theDeliveriesOfAJobAreInTheOrderOfItsRounds() throws Exception {
        UUID job = UUID.randomUUID();
        for (int round : List.of(2, 3, 1)) {
            insert(job, round, RECEIVER, NOW, "{}");
        }
        insert(RECEIVER, NOW);
        assertThat(of(job, 10)).extracting(delivery -> delivery.key().round()).containsExactly(1, 2, 3);
        assertThat(of(job, 2)).extracting(delivery -> delivery.key().round()).containsExactly(2, 3);
        assertThat(of(UUID.randomUUID(), 10)).isEmpty();
    }

    @Test
    void whatIsDueLongestIsFirst() throws Exception {
        OutgoingDelivery third = insert(RECEIVER, at(3));
        OutgoingDelivery first = insert(RECEIVER, at(1));
        OutgoingDelivery second = insert(RECEIVER, at(2));
        insert("https://hooks.example:444", at(1));
        insert(RECEIVER, at(9));
        assertThat(due(at(3), 10, ANY_BYTES)).containsExactly(first, second, third);
        assertThat(due(at(3), 2, ANY_BYTES)).containsExactly(first, second);
        assertThat(due(at(0), 10, ANY_BYTES)).isEmpty();
        assertThat(nextDue(at(3))).isEqualTo(at(9));
        assertThat(nextDue(at(9))).isNull();
    }

    @Test
    void bodiesAreReadUpToALimitAndOneAtLeast() throws Exception {
        OutgoingDelivery first = insert(UUID.randomUUID(), 1, RECEIVER, at(1), "\"" + "x".repeat(5_000) + "\"");
        OutgoingDelivery second = insert(RECEIVER, at(2));
        insert(RECEIVER, at(3));
        assertThat(due(at(9), 10, 1)).containsExactly(first);
        assertThat(due(at(9), 10, first.bytes() + 1)).containsExactly(first, second);
    }

    @Test
    void receiversAreTurnedLikePages() throws Exception {
        for (int i = 0; i < 5; i++) {
            insert("https://hooks.example:" + (1_000 + i), at(10 + i));
            insert("https://hooks.example:" + (1_000 + i), at(i));
        }
        OutgoingDelivery ended = insert("https://hooks.example:1001", at(0));
        record(result(ended, DeliveryState.FAILED, null, 10), at(60));
        List<DueReceiver> page = receivers("", 3);
        assertThat(page)
                .containsExactly(
                        new DueReceiver("https://hooks.example:1000", at(0)),
                        new DueReceiver("https://hooks.example:1001", at(1)),
                        new DueReceiver("https://hooks.example:1002", at(2)));
        assertThat(pendingOfEach())
                .hasSize(5)
                .allSatisfy((receiver, count) -> assertThat(count).as(receiver).isEqualTo(2));
        assertThat(receivers(page.getLast().name(), 3))
                .extracting(DueReceiver::name)
                .containsExactly("https://hooks.example:1003", "https://hooks.example:1004");
    }

    @Test
    void aTryThatIsFollowedByAnotherMovesTheDelivery() throws Exception {
        OutgoingDelivery outgoing = insert(RECEIVER, NOW);
        assertThat(record(result(outgoing, DeliveryState.PENDING, at(5), 1), at(60)))
                .isTrue();
        OutgoingDelivery found = Objects.requireNonNull(find(outgoing));
        assertThat(found.delivery().dueAt()).isEqualTo(at(5));
        assertThat(found.delivery().tries()).isEqualTo(1);
        assertThat(found.delivery().log()).isEqualTo(LOG);
        assertThat(due(at(4), 10, ANY_BYTES)).isEmpty();
        assertThat(due(at(5), 10, ANY_BYTES)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELIVERED", "FAILED"})
    void whatHasEndedIsNotDueAndStaysForAWhile(DeliveryState state) throws Exception {
        OutgoingDelivery brief = insert(UUID.randomUUID(), 1, RECEIVER, NOW, "\"" + "x".repeat(5_000) + "\"");
        OutgoingDelivery pending = insert(RECEIVER, NOW);
        assertThat(record(result(brief, state, null, 1), at(60))).isTrue();
        assertThat(record(result(brief, DeliveryState.PENDING, at(5), 2), at(90)))
                .as("it has ended")
                .isFalse();
        assertThat(due(at(100), 10, ANY_BYTES)).containsExactly(pending);
        assertThat(pending()).isEqualTo(1);
        assertThat(forget(at(59), 10)).isZero();
        assertThat(find(brief)).isNotNull();
        assertThat(forget(at(60), 10)).isEqualTo(1);
        assertThat(find(brief)).isNull();
        assertThat(find(pending)).isEqualTo(pending);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 90})
    void whatHasEndedStaysAsLongAsItsJob(int seconds) throws Exception {
        WaitingJob job = new JobDraft().retain(Duration.ofSeconds(seconds)).made();
        store.write(tables -> {
            tables.insert(job, null);
            tables.cancel(job.id(), NOW, LOG);
        });
        OutgoingDelivery outgoing = insert(job.id(), 1, RECEIVER, NOW, "{}");
        assertThat(record(result(outgoing, DeliveryState.DELIVERED, null, 1), at(60)))
                .isTrue();
        int stays = Math.max(60, seconds);
        assertThat(forget(at(stays - 1), 10)).isZero();
        assertThat(forget(at(stays), 10)).isEqualTo(1);
    }

    @Test
    void forgettingGoesInSteps() throws Exception {
        for (int i = 0; i < 5; i++) {
            record(result(insert(RECEIVER, NOW), DeliveryState.DELIVERED, null, 1), at(60));
        }
        assertThat(forget(at(60), 3)).isEqualTo(3);
        assertThat(forget(at(60), 3)).isEqualTo(2);
        assertThat(forget(at(60), 3)).isZero();
    }

    @Test
    void oneThatHasEndedCanBePendingAgain() throws Exception {
        OutgoingDelivery outgoing = insert(RECEIVER, NOW);
        record(result(outgoing, DeliveryState.FAILED, null, 10), at(60));
        assertThat(renew(outgoing.delivery().key(), at(30))).isTrue();
        OutgoingDelivery found = Objects.requireNonNull(find(outgoing));
        assertThat(found.delivery().state()).isEqualTo(DeliveryState.PENDING);
        assertThat(found.delivery().tries()).isZero();
        assertThat(found.delivery().log()).isEqualTo(LOG);
        assertThat(due(at(30), 10, ANY_BYTES)).hasSize(1);
        assertThat(forget(at(600), 10)).isZero();
        assertThat(renew(new DeliveryKey(UUID.randomUUID(), 1), NOW)).isFalse();
    }

    @Test
    void deliveriesOutliveTheirJob() throws Exception {
        WaitingJob job = new JobDraft().retain(Duration.ZERO).made();
        store.write(tables -> {
            tables.insert(job, null);
            tables.cancel(job.id(), NOW, LOG);
        });
        OutgoingDelivery outgoing = insert(job.id(), 1, RECEIVER, NOW, "{}");
        store.write(tables -> tables.forget(at(1_000_000), 10));
        assertThat(job(job.id())).isNull();
        assertThat(find(outgoing)).isEqualTo(outgoing);
    }

    @Test
    void aTransactionThatFailsAddsNone() throws Exception {
        OutgoingDelivery outgoing = parcel(UUID.randomUUID(), 1, RECEIVER, NOW, "\"" + "x".repeat(5_000) + "\"");
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> store.write(tables -> {
                    tables.deliveries().insert(outgoing);
                    throw new StoreException("no");
                }));
        assertThat(find(outgoing)).isNull();
        assertThat(pending()).isZero();
    }
}
