package dev.motorpool.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatObject;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.JobKey;
import dev.motorpool.detached.model.JobLine;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.JobReader.Backlog;
import dev.motorpool.detached.store.JobReader.Census;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.JobStore.Reading;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.JobTables.Insertion;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.Callbacks;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.JobState;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.CallAge;
import dev.motorpool.pool.PoolStore.KeptPool;
import dev.motorpool.pool.PoolStore.Wanted;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolPatch;
import dev.motorpool.pool.settings.PoolSetting;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.assertj.core.api.ListAssert;
import org.assertj.core.api.ObjectAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store of detached jobs does; a test for each kind of store only says how it is opened. */
@ExtendWith(LeavesNothingBehind.class)
public abstract class JobStoreContract {

    private static final JobLine PROCESSES = line("processes");

    private static JobLine line(String pool) {
        return new JobLine(pool, null, Collections.emptySortedSet());
    }

    static final Instant NOW = JobDraft.NOW;
    public static final RawJson ERROR = RawJson.of("{\"type\":\"function-raised\",\"message\":\"no\"}");
    static final RawJson OTHER_ERROR = RawJson.of("{\"type\":\"worker-lost\",\"message\":\"gone\"}");
    static final RawJson VALUE = RawJson.of("9227465");
    private static final JobFilter ALL = new JobFilter(Set.of(), null, null, Map.of());
    private static final long ANY_BYTES = Long.MAX_VALUE;

    JobStore store;

    /** Opens the store of this test: the same data each time. */
    public abstract JobStore open() throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    final void reopen() throws Exception {
        store.close();
        store = open();
    }

    /** A change that answers something. */
    @FunctionalInterface
    interface Changing<T extends @Nullable Object> {
        T run(JobTables tables) throws StoreException;
    }

    final <T extends @Nullable Object> T change(Changing<T> changing) throws StoreException {
        List<T> answer = new ArrayList<>();
        store.write(tables -> answer.add(changing.run(tables)));
        return answer.getLast();
    }

    final <T extends @Nullable Object> T read(Reading<T> reading) throws StoreException {
        return store.read(reading);
    }

    // The overloads of assertThat do not determine a lambda's type.

    final boolean did(Changing<Boolean> changing) throws StoreException {
        return change(changing);
    }

    final <T extends @Nullable Object> ObjectAssert<T> assertChange(Changing<T> changing) throws StoreException {
        T answer = change(changing);
        return assertThatObject(answer);
    }

    final <T> ListAssert<T> assertListChanged(Changing<List<T>> changing) throws StoreException {
        List<T> answer = change(changing);
        return assertThat(answer);
    }

    final <T extends @Nullable Object> ObjectAssert<T> assertRead(Reading<T> reading) throws StoreException {
        T answer = read(reading);
        return assertThatObject(answer);
    }

    final <T> ListAssert<T> assertListRead(Reading<List<T>> reading) throws StoreException {
        List<T> answer = read(reading);
        return assertThat(answer);
    }

    final UUID insert(JobDraft draft) throws StoreException {
        WaitingJob job = draft.made();
        assertChange(tables -> tables.insert(job, null)).isInstanceOf(Insertion.Made.class);
        return job.id();
    }

    final StoredJob job(UUID id) throws StoreException {
        StoredJob job = read(tables -> tables.find(id));
        assertThat(job).isNotNull();
        return job;
    }

    final JobState state(UUID id) throws StoreException {
        return job(id).state();
    }

    static Instant at(long seconds) {
        return NOW.plusSeconds(seconds);
    }

    static Attempt started(int number) {
        return new Attempt(number, at(10L * number), null, "processes-" + number, 4000 + number, null);
    }

    static AttemptEnd end(int number, @Nullable RawJson error) {
        return end(number, error, null, null);
    }

    static AttemptEnd end(int number, @Nullable RawJson error, @Nullable RawJson progress, byte @Nullable [] output) {
        Attempt attempt = new Attempt(
                number, at(10L * number), at(10L * number + 5), "processes-" + number, 4000 + number, error);
        return new AttemptEnd(attempt, 400_000, 5_000_000_000L, progress, output);
    }

    final boolean start(UUID id, int attempt) throws StoreException {
        return change(tables -> tables.start(id, started(attempt), 400_000));
    }

    final boolean succeed(UUID id, int attempt) throws StoreException {
        return change(tables -> tables.succeed(id, end(attempt, null), VALUE));
    }

    final boolean fail(UUID id, int attempt) throws StoreException {
        return change(tables -> tables.fail(id, end(attempt, ERROR), ERROR));
    }

    /** A new job that has come into this state. */
    final UUID jobIn(JobState state) throws StoreException {
        return bring(new JobDraft().retries(3).expires(Duration.ofHours(1)), state);
    }

    final UUID bring(JobDraft draft, JobState state) throws StoreException {
        if (state == JobState.SCHEDULED) {
            draft.startAt(at(600));
        }
        UUID id = insert(draft);
        switch (state) {
            case SCHEDULED, QUEUED -> {}
            case RUNNING -> assertThat(start(id, 1)).isTrue();
            case SUCCEEDED -> assertThat(succeed(id, 1)).isTrue();
            case FAILED -> assertThat(fail(id, 1)).isTrue();
            case CANCELLED ->
                assertThat(did(tables -> tables.cancel(id, at(20), ERROR))).isTrue();
            case EXPIRED ->
                assertThat(did(tables -> tables.expire(id, at(7200), ERROR))).isTrue();
        }
        assertThat(state(id)).isEqualTo(state);
        return id;
    }

    // ---- insert ----

    @Test
    void aJobIsReadAsItWasSubmitted() throws Exception {
        WaitingJob job = new JobDraft()
                .function("größe")
                .pool("crunch")
                .priority(-7)
                .tags(Map.of("a", "ä\"\\", "b", ""))
                .timeout(Duration.ofNanos(1_500_000_001))
                .expires(Duration.ofMillis(2500))
                .retries(4)
                .retain(Duration.ofDays(3))
                .made();

        Insertion made = change(tables -> tables.insert(job, null));

        StoredJob stored = job(job.id());
        assertThat(made).isEqualTo(new Insertion.Made(stored));
        assertThat(stored)
                .isEqualTo(new StoredJob(
                        job.id(),
                        "default",
                        new JobSpec(
                                "apply_async",
                                "größe",
                                "crunch",
                                Duration.ofNanos(1_500_000_001),
                                Duration.ofMillis(2500),
                                -7,
                                Map.of("a", "ä\"\\", "b", ""),
                                4,
                                Duration.ofSeconds(1),
                                Duration.ofDays(3),
                                null,
                                Callbacks.NONE),
                        JobState.QUEUED,
                        4,
                        0,
                        CallAge.of(job.id()),
                        NOW,
                        null,
                        NOW.plusMillis(2500),
                        null,
                        null,
                        0,
                        0,
                        null,
                        null,
                        1,
                        JobDraft.TRACE));
    }

    @Test
    void aMapAndALaterStartAreKept() throws Exception {
        UUID map = insert(new JobDraft().map(1_000_000));
        UUID later = insert(new JobDraft().startAt(at(3600)));

        assertThat(job(map).spec().map()).isEqualTo(new JobSpec.MapShape(1_000_000, 4, true));
        assertThat(job(later).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(job(later).dueAt()).isEqualTo(at(3600));
        assertRead(tables -> tables.find(UUID.randomUUID())).isNull();
    }

    @Test
    void aJobThatIsInsertedAgainIsTheOneItWas() throws Exception {
        WaitingJob job = new JobDraft().made();
        change(tables -> tables.insert(job, null));
        start(job.id(), 1);

        assertChange(tables -> tables.insert(job, null)).isEqualTo(new Insertion.Made(job(job.id())));
        assertThat(state(job.id())).isEqualTo(JobState.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2040, 2100, 100_000, 17 << 20})
    void argumentsAndValuesOfAnySizeAreKept(int size) throws Exception {
        RawJson args = text(size, 'a');
        RawJson kwargs = RawJson.of("{\"k\":1}");
        RawJson value = text(size, 'v');
        UUID id = insert(new JobDraft().args(args).kwargs(kwargs));

        WaitingJob waiting = read(tables -> tables.withArguments(id));
        assertThat(waiting).isEqualTo(new WaitingJob(job(id), args, kwargs));
        assertRead(tables -> tables.value(id)).isNull();

        assertThat(did(tables -> tables.succeed(id, end(1, null), value))).isTrue();
        assertRead(tables -> tables.value(id)).isEqualTo(value);
        assertRead(tables -> tables.withArguments(id)).isEqualTo(new WaitingJob(job(id), args, kwargs));
    }

    @Test
    void aSliceIsKeptWithoutWhatIsAroundIt() throws Exception {
        byte[] body = "{\"args\":[1,2],\"x\":0}".getBytes(StandardCharsets.UTF_8);
        UUID id = insert(new JobDraft().args(new RawJson(body, 8, 5)));

        assertThat(read(tables -> tables.withArguments(id)).args()).isEqualTo(RawJson.of("[1,2]"));
    }

    private static RawJson text(int size, char of) {
        byte[] bytes = new byte[size + 2];
        Arrays.fill(bytes, (byte) of);
        bytes[0] = '"';
        bytes[size + 1] = '"';
        return RawJson.of(bytes);
    }

    // ---- repeat keys ----

    private static RepeatKey key(String key, String digest) {
        return new RepeatKey("default", "", "/v1/apply_async", key, digest);
    }

    @Test
    void aRepeatAnswersTheFirstJob() throws Exception {
        WaitingJob first = new JobDraft().made();
        WaitingJob second = new JobDraft().made();
        assertRead(tables -> tables.findRepeat(key("k", "d"))).isNull();
        change(tables -> tables.insert(first, key("k", "d")));

        Insertion repeated = new Insertion.Repeated(first.id(), job(first.id()));
        assertChange(tables -> tables.insert(second, key("k", "d"))).isEqualTo(repeated);
        assertRead(tables -> tables.findRepeat(key("k", "d"))).isEqualTo(repeated);
        assertChange(tables -> tables.insert(second, key("k", "other"))).isEqualTo(new Insertion.Conflict());
        assertRead(tables -> tables.findRepeat(key("k", "other"))).isEqualTo(new Insertion.Conflict());
        assertRead(tables -> tables.find(second.id())).isNull();
    }

    @Test
    void keysAreOfTheirTenantOwnerAndPath() throws Exception {
        List<RepeatKey> keys = List.of(
                new RepeatKey("default", "", "/v1/apply_async", "k", "d"),
                new RepeatKey("default", "ann", "/v1/apply_async", "k", "d"),
                new RepeatKey("a", "ann", "/v1/apply_async", "k", "d"),
                new RepeatKey("default", "", "/v1/map_async", "k", "d"),
                new RepeatKey("default", "", "/v1/apply_async", "K", "d"));
        for (RepeatKey key : keys) {
            assertChange(tables -> tables.insert(new JobDraft().made(), key)).isInstanceOf(Insertion.Made.class);
        }
    }

    @Test
    void twoOfOneKeyInOneTransactionAreOneJob() throws Exception {
        WaitingJob first = new JobDraft().made();

        Insertion second = change(tables -> {
            tables.insert(first, key("k", "d"));
            return tables.insert(new JobDraft().made(), key("k", "d"));
        });

        assertThat(second).isEqualTo(new Insertion.Repeated(first.id(), job(first.id())));
    }

    @Test
    void anInsertionThatIsDoneAgainIsNoRepeat() throws Exception {
        WaitingJob job = new JobDraft().made();
        change(tables -> tables.insert(job, key("k", "d")));

        assertChange(tables -> tables.insert(job, key("k", "d"))).isEqualTo(new Insertion.Made(job(job.id())));
    }

    @Test
    void aKeyStaysADayAndAsLongAsItsJob() throws Exception {
        WaitingJob job = new JobDraft().retain(Duration.ofHours(1)).made();
        change(tables -> tables.insert(job, key("k", "d")));
        Duration day = Duration.ofDays(1);

        change(tables -> tables.forget(NOW.plus(day.multipliedBy(3)), 100));
        assertRead(tables -> tables.findRepeat(key("k", "d"))).isNotNull(); // the job still waits

        succeed(job.id(), 1);
        change(tables -> tables.delete(job.id()));
        assertRead(tables -> tables.findRepeat(key("k", "d"))).isEqualTo(new Insertion.Repeated(job.id(), null));

        change(tables -> tables.forget(NOW.plus(day.multipliedBy(5)), 100));
        assertRead(tables -> tables.findRepeat(key("k", "d"))).isNull();
    }

    @Test
    void aKeyOfAForgottenJobStaysADay() throws Exception {
        WaitingJob job = new JobDraft().retain(Duration.ZERO).made();
        change(tables -> tables.insert(job, key("k", "d")));
        succeed(job.id(), 1);

        assertChange(tables -> tables.forget(at(3600), 100)).isEqualTo(1);
        assertRead(tables -> tables.findRepeat(key("k", "d"))).isEqualTo(new Insertion.Repeated(job.id(), null));

        change(tables -> tables.forget(at(86_400 - 1), 100));
        assertRead(tables -> tables.findRepeat(key("k", "d"))).isNotNull();
        change(tables -> tables.forget(at(86_400), 100));
        assertRead(tables -> tables.findRepeat(key("k", "d"))).isNull();
    }

    @Test
    void whatIsWithdrawnHasNeverCome() throws Exception {
        WaitingJob job =
                new JobDraft().tags(Map.of("a", "b")).args(text(5000, 'a')).made();
        change(tables -> tables.insert(job, key("k", "d")));

        store.write(tables -> tables.withdraw(job.id()));

        assertRead(tables -> tables.find(job.id())).isNull();
        assertRead(tables -> tables.findRepeat(key("k", "d"))).isNull();
        assertListRead(tables -> tables.list(new JobFilter(Set.of(), null, null, Map.of("a", "b")), null, 10))
                .isEmpty();
        store.write(tables -> tables.withdraw(job.id())); // again: nothing
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            mode = Mode.EXCLUDE,
            names = {"SCHEDULED", "QUEUED"})
    void whatHasBegunOrEndedIsNotWithdrawn(JobState state) throws Exception {
        UUID id = jobIn(state);

        store.write(tables -> tables.withdraw(id));

        assertThat(state(id)).isEqualTo(state);
    }

    @Test
    void whatHasStartedOnceIsNotWithdrawn() throws Exception {
        UUID id = insert(new JobDraft().retries(1));
        change(tables -> tables.reschedule(id, end(1, ERROR), at(60)));

        store.write(tables -> tables.withdraw(id));

        assertThat(state(id)).isEqualTo(JobState.SCHEDULED);
    }

    // ---- attempts ----

    @Test
    void aStartIsRecorded() throws Exception {
        UUID id = insert(new JobDraft().expires(Duration.ofSeconds(60)));

        assertThat(start(id, 1)).isTrue();

        StoredJob job = job(id);
        assertThat(job.state()).isEqualTo(JobState.RUNNING);
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.latest()).isEqualTo(started(1));
        assertThat(job.queueNanos()).isEqualTo(400_000);
        assertThat(job.expiresAt()).isNull();
        assertListRead(tables -> tables.attempts(id)).containsExactly(started(1));
        assertThat(start(id, 1)).isFalse();
        assertThat(start(id, 2)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(value = JobState.class, mode = Mode.EXCLUDE, names = "QUEUED")
    void onlyWhatIsQueuedStarts(JobState state) throws Exception {
        UUID id = jobIn(state);
        StoredJob before = job(id);

        assertThat(start(id, 7)).isFalse();

        assertThat(job(id)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aJobSucceedsWhetherItsStartWasRecordedOrNot(boolean recorded) throws Exception {
        UUID id = insert(new JobDraft().expires(Duration.ofSeconds(60)));
        if (recorded) {
            start(id, 1);
        }
        byte[] output = "printed".getBytes(StandardCharsets.UTF_8);
        RawJson progress = RawJson.of("{\"done\":1}");
        AttemptEnd end = end(1, null, progress, output);

        assertThat(did(tables -> tables.succeed(id, end, VALUE))).isTrue();

        StoredJob job = job(id);
        assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(job.latest()).isEqualTo(end.attempt());
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.finishedAt()).isEqualTo(end.attempt().finishedAt());
        assertThat(job.queueNanos()).isEqualTo(400_000);
        assertThat(job.runNanos()).isEqualTo(5_000_000_000L);
        assertThat(job.progress()).isEqualTo(progress);
        assertThat(job.error()).isNull();
        assertThat(job.expiresAt()).isNull();
        assertRead(tables -> tables.value(id)).isEqualTo(VALUE);
        assertRead(tables -> tables.output(id)).isEqualTo(output);
        assertListRead(tables -> tables.attempts(id)).containsExactly(end.attempt());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAnAttemptTellsWhileItRunsIsKept(boolean recorded) throws Exception {
        UUID id = insert(new JobDraft());
        if (recorded) {
            start(id, 1);
        }
        JobState state = state(id);
        RawJson progress = RawJson.of("{\"done\":1}");
        byte[] output = {'a'};

        assertThat(did(tables -> tables.tell(id, 1, progress, output))).isTrue();
        assertThat(did(tables -> tables.tell(id, 1, null, null))).isTrue();

        assertThat(job(id).progress()).isEqualTo(progress);
        assertThat(state(id)).isEqualTo(state);
        assertRead(tables -> tables.output(id)).isEqualTo(output);
        change(tables -> tables.cancel(id, at(12), ERROR));
        assertThat(did(tables -> tables.tell(id, 1, RawJson.of("{}"), new byte[] {'b'})))
                .isFalse();
        assertThat(job(id).progress()).isEqualTo(progress);
        assertRead(tables -> tables.output(id)).isEqualTo(output);
    }

    @Test
    void aMapSucceedsWithoutAValue() throws Exception {
        UUID id = insert(new JobDraft().map(3));

        assertThat(did(tables -> tables.succeed(id, end(1, null), null))).isTrue();

        assertRead(tables -> tables.value(id)).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aJobFails(boolean recorded) throws Exception {
        UUID id = insert(new JobDraft());
        if (recorded) {
            start(id, 1);
        }

        assertThat(did(tables -> tables.fail(id, end(1, OTHER_ERROR), ERROR))).isTrue();

        StoredJob job = job(id);
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.error()).isEqualTo(ERROR);
        assertThat(job.latest()).isEqualTo(end(1, OTHER_ERROR).attempt());
        assertRead(tables -> tables.value(id)).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFailedAttemptIsFollowedByAnother(boolean recorded) throws Exception {
        UUID id = insert(new JobDraft().retries(2).map(3));
        change(tables -> tables.addResults(id, 1, List.of(results(0, 0, false, "1"), results(1, 1, true, "{}"))));
        if (recorded) {
            start(id, 1);
        }
        byte[] output = {'a'};

        assertThat(did(tables -> tables.reschedule(id, end(1, ERROR, null, output), at(60))))
                .isTrue();

        StoredJob job = job(id);
        assertThat(job.state()).isEqualTo(JobState.SCHEDULED);
        assertThat(job.dueAt()).isEqualTo(at(60));
        assertThat(job.retriesLeft()).isEqualTo(1);
        assertThat(job.spec().retries()).isEqualTo(2);
        assertThat(job.error()).isNull();
        assertThat(job.finishedAt()).isNull();
        assertThat(job.latest()).isEqualTo(end(1, ERROR).attempt());
        assertRead(tables -> tables.output(id)).isEqualTo(output);
        assertListRead(tables -> tables.resultsByIndex(id, 0, 9, ANY_BYTES))
                .extracting(MapResults::firstIndex)
                .containsExactly(0); // failed items run again

        List<WaitingJob> due = change(tables -> tables.makeDue(at(60), 10));
        assertThat(due).extracting(one -> one.job().id()).containsExactly(id);
        start(id, 2);
        change(tables -> tables.succeed(id, end(2, null, null, null), null));
        assertListRead(tables -> tables.attempts(id))
                .containsExactly(end(1, ERROR).attempt(), end(2, null).attempt());
        assertRead(tables -> tables.output(id)).isEqualTo(output); // null keeps what is there
    }

    @Test
    void attemptsOfWhichNoStartWasRecordedAreKeptToo() throws Exception {
        UUID id = insert(new JobDraft().retries(5));
        for (int attempt = 1; attempt <= 3; attempt++) {
            int number = attempt;
            assertThat(did(tables -> tables.reschedule(id, end(number, ERROR), at(60))))
                    .isTrue();
            change(tables -> tables.makeDue(at(60), 10));
        }
        fail(id, 4);

        assertListRead(tables -> tables.attempts(id))
                .extracting(Attempt::number)
                .containsExactly(1, 2, 3, 4);
        assertThat(job(id).retriesLeft()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            mode = Mode.EXCLUDE,
            names = {"QUEUED", "RUNNING"})
    void onlyWhatIsQueuedOrRunsEnds(JobState state) throws Exception {
        UUID id = jobIn(state);
        StoredJob before = job(id);

        assertThat(succeed(id, 1)).isFalse();
        assertThat(succeed(id, 2)).isFalse();
        assertThat(fail(id, 2)).isFalse();
        assertThat(did(tables -> tables.reschedule(id, end(2, ERROR), at(60)))).isFalse();
        assertThat(did(tables -> tables.addResults(id, 2, List.of(results(0, 0, false, "1")))))
                .isFalse();

        assertThat(job(id)).isEqualTo(before);
        assertListRead(tables -> tables.attempts(id)).hasSizeLessThanOrEqualTo(1);
        assertRead(tables -> tables.output(id)).isNull();
    }

    @Test
    void whatAnEarlierAttemptSaysChangesNothing() throws Exception {
        UUID id = insert(new JobDraft().retries(3));
        change(tables -> tables.reschedule(id, end(1, ERROR), at(60)));
        change(tables -> tables.makeDue(at(60), 10));
        StoredJob queued = job(id);

        assertThat(succeed(id, 1)).isFalse();
        assertThat(fail(id, 1)).isFalse();
        assertThat(start(id, 1)).isFalse();
        assertThat(did(tables -> tables.addResults(id, 1, List.of(results(0, 0, false, "1")))))
                .isFalse();
        assertThat(job(id)).isEqualTo(queued);

        start(id, 2);
        StoredJob running = job(id);
        assertThat(succeed(id, 1)).isFalse();
        assertThat(did(tables -> tables.reschedule(id, end(1, ERROR), at(60)))).isFalse();
        assertThat(job(id)).isEqualTo(running);
        assertThat(succeed(id, 2)).isTrue();
    }

    @Test
    void nothingHappensToUnknownJobs() throws Exception {
        UUID id = UUID.randomUUID();

        assertThat(start(id, 1)).isFalse();
        assertThat(succeed(id, 1)).isFalse();
        assertThat(fail(id, 2)).isFalse();
        assertThat(did(tables -> tables.reschedule(id, end(2, ERROR), at(60)))).isFalse();
        assertThat(did(tables -> tables.cancel(id, at(1), ERROR))).isFalse();
        assertThat(did(tables -> tables.expire(id, at(1), ERROR))).isFalse();
        assertThat(did(tables -> tables.retry(id, at(1), 1))).isFalse();
        assertThat(did(tables -> tables.delete(id))).isFalse();
        assertThat(did(tables -> tables.addResults(id, 1, List.of()))).isFalse();
        assertRead(tables -> tables.value(id)).isNull();
        assertRead(tables -> tables.withArguments(id)).isNull();
        assertRead(tables -> tables.output(id)).isNull();
        assertListRead(tables -> tables.attempts(id)).isEmpty();
        assertListRead(tables -> tables.resultsBySeq(id, 0, 9, ANY_BYTES)).isEmpty();
    }

    // ---- decisions ----

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"SCHEDULED", "QUEUED"})
    void whatWaitsIsCancelled(JobState state) throws Exception {
        UUID id = jobIn(state);

        assertThat(did(tables -> tables.cancel(id, at(3), ERROR))).isTrue();

        StoredJob job = job(id);
        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThat(job.error()).isEqualTo(ERROR);
        assertThat(job.finishedAt()).isEqualTo(at(3));
        assertThat(job.queueNanos()).isEqualTo(3_000_000_000L);
        assertThat(job.latest()).isNull();
        assertThat(job.dueAt()).isNull();
        assertThat(job.expiresAt()).isNull();
        assertRead(tables -> tables.nextExpiry()).isNull();
        assertRead(tables -> tables.nextDue()).isNull();
    }

    @Test
    void aRunningAttemptEndsWithItsCancelledJob() throws Exception {
        UUID id = jobIn(JobState.RUNNING);

        assertThat(did(tables -> tables.cancel(id, at(12), ERROR))).isTrue();

        StoredJob job = job(id);
        assertThat(job.latest()).isEqualTo(new Attempt(1, at(10), at(12), "processes-1", 4001, ERROR));
        assertThat(job.runNanos()).isEqualTo(2_000_000_000L);
        assertThat(job.queueNanos()).isEqualTo(400_000);
        assertThat(succeed(id, 1)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"})
    void whatHasEndedIsNotDecidedAgain(JobState state) throws Exception {
        UUID id = jobIn(state);
        StoredJob before = job(id);

        assertThat(did(tables -> tables.cancel(id, at(30), OTHER_ERROR))).isFalse();
        assertThat(did(tables -> tables.expire(id, at(100_000), OTHER_ERROR))).isFalse();

        assertThat(job(id)).isEqualTo(before);
    }

    @Test
    void whatHasNotStartedInTimeExpires() throws Exception {
        UUID id = insert(new JobDraft().expires(Duration.ofSeconds(60)));
        UUID later = insert(new JobDraft().expires(Duration.ofSeconds(50)).startAt(at(600)));
        insert(new JobDraft());

        assertRead(tables -> tables.nextExpiry()).isEqualTo(at(50));
        assertThat(did(tables -> tables.expire(id, at(60).minusNanos(1000), ERROR)))
                .isFalse();
        assertListRead(tables -> tables.expired(at(60), 10))
                .extracting(StoredJob::id)
                .containsExactly(later, id);
        assertListRead(tables -> tables.expired(at(60), 1))
                .extracting(StoredJob::id)
                .containsExactly(later);
        assertListRead(tables -> tables.expired(at(49), 10)).isEmpty();

        assertThat(did(tables -> tables.expire(id, at(60), ERROR))).isTrue();
        assertThat(did(tables -> tables.expire(later, at(61), ERROR))).isTrue();

        assertThat(job(id).state()).isEqualTo(JobState.EXPIRED);
        assertThat(job(id).error()).isEqualTo(ERROR);
        assertThat(job(id).finishedAt()).isEqualTo(at(60));
        assertListRead(tables -> tables.expired(at(1000), 10)).isEmpty();
        assertRead(tables -> tables.nextExpiry()).isNull();
    }

    @Test
    void whatHasStartedDoesNotExpire() throws Exception {
        UUID running = jobIn(JobState.RUNNING);
        UUID again = insert(new JobDraft().retries(1).expires(Duration.ofSeconds(60)));
        change(tables -> tables.reschedule(again, end(1, ERROR), at(30)));

        assertListRead(tables -> tables.expired(at(1_000_000), 10)).isEmpty();
        assertThat(did(tables -> tables.expire(running, at(1_000_000), ERROR))).isFalse();
        assertThat(did(tables -> tables.expire(again, at(1_000_000), ERROR))).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"FAILED", "CANCELLED", "EXPIRED"})
    void whatEndedWithoutSuccessIsRetried(JobState state) throws Exception {
        UUID id = jobIn(state);
        int attempt = job(id).attempt();

        assertThat(did(tables -> tables.retry(id, at(10_000), 77))).isTrue();

        StoredJob job = job(id);
        assertThat(job.state()).isEqualTo(JobState.QUEUED);
        assertThat(job.age()).isEqualTo(77);
        assertThat(job.retriesLeft()).isZero();
        assertThat(job.interruptions()).isZero();
        assertThat(job.attempt()).isEqualTo(attempt);
        assertThat(job.error()).isNull();
        assertThat(job.finishedAt()).isNull();
        assertThat(job.expiresAt()).isEqualTo(at(10_000 + 3600));
        assertThat(did(tables -> tables.retry(id, at(10_000), 78))).isFalse();
        assertRead(tables -> tables.nextForgotten()).isNull();
        assertThat(succeed(id, attempt + 1)).isTrue();
        assertListRead(tables -> tables.attempts(id)).hasSize(attempt + 1);
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"SCHEDULED", "QUEUED", "RUNNING", "SUCCEEDED"})
    void nothingElseIsRetried(JobState state) throws Exception {
        UUID id = jobIn(state);

        assertThat(did(tables -> tables.retry(id, at(10_000), 77))).isFalse();

        assertThat(state(id)).isEqualTo(state);
    }

    @Test
    void anAttemptOfTheRoundBeforeChangesNothing() throws Exception {
        UUID id = jobIn(JobState.RUNNING);
        change(tables -> tables.cancel(id, at(12), ERROR));
        change(tables -> tables.retry(id, at(20), 77));

        assertThat(succeed(id, 1)).isFalse();
        assertThat(fail(id, 1)).isFalse();
        assertThat(did(tables -> tables.reschedule(id, end(1, ERROR), at(60)))).isFalse();

        assertThat(state(id)).isEqualTo(JobState.QUEUED);
        assertListRead(tables -> tables.attempts(id))
                .containsExactly(new Attempt(1, at(10), at(12), "processes-1", 4001, ERROR));
    }

    @Test
    void aRetriedMapRunsOnlyWhatHasNotSucceeded() throws Exception {
        UUID id = insert(new JobDraft().map(3));
        change(tables -> tables.addResults(id, 1, List.of(results(0, 0, false, "1"), results(1, 1, true, "{}"))));
        fail(id, 1);

        change(tables -> tables.retry(id, at(20), 77));

        assertListRead(tables -> tables.resultsBySeq(id, 0, 9, ANY_BYTES))
                .extracting(MapResults::firstIndex)
                .containsExactly(0);
    }

    @Test
    void whatIsDueIsQueuedEarliestFirst() throws Exception {
        UUID third = insert(new JobDraft().startAt(at(30)));
        UUID first = insert(new JobDraft().startAt(at(10)));
        UUID second = insert(new JobDraft().startAt(at(20)).args(text(5000, 'a')));
        UUID later = insert(new JobDraft().startAt(at(31)));
        assertRead(tables -> tables.nextDue()).isEqualTo(at(10));
        assertListChanged(tables -> tables.makeDue(at(9), 10)).isEmpty();

        List<WaitingJob> two = change(tables -> tables.makeDue(at(30), 2));
        assertThat(two).extracting(job -> job.job().id()).containsExactly(first, second);
        assertThat(two.getLast()).isEqualTo(read(tables -> tables.withArguments(second)));
        assertListChanged(tables -> tables.makeDue(at(30), 2))
                .extracting(job -> job.job().id())
                .containsExactly(third);

        assertThat(job(first).state()).isEqualTo(JobState.QUEUED);
        assertThat(job(first).age()).isEqualTo(CallAge.of(at(10)));
        assertThat(job(first).dueAt()).isNull();
        assertThat(state(later)).isEqualTo(JobState.SCHEDULED);
        assertRead(tables -> tables.nextDue()).isEqualTo(at(31));
    }

    @Test
    void whatAServiceThatDiedRanIsQueuedAgain() throws Exception {
        UUID id = insert(new JobDraft().expires(Duration.ofSeconds(60)));
        UUID waiting = insert(new JobDraft());
        long age = job(id).age();
        start(id, 1);

        assertChange(tables -> tables.recover(at(100), 2, OTHER_ERROR)).isEqualTo(1);

        StoredJob job = job(id);
        assertThat(job.state()).isEqualTo(JobState.QUEUED);
        assertThat(job.age()).isEqualTo(age);
        assertThat(job.interruptions()).isEqualTo(1);
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.expiresAt()).isNull();
        assertThat(job.latest()).isEqualTo(new Attempt(1, at(10), at(100), "processes-1", 4001, OTHER_ERROR));
        assertChange(tables -> tables.recover(at(100), 2, OTHER_ERROR)).isEqualTo(0);
        assertListRead(tables -> tables.queued(PROCESSES, JobKey.FIRST, 9, ANY_BYTES))
                .extracting(one -> one.job().id())
                .containsExactly(id, waiting);
        assertThat(succeed(id, 1)).isFalse();
        assertThat(start(id, 2)).isTrue();
        assertListRead(tables -> tables.attempts(id))
                .extracting(Attempt::number)
                .containsExactly(1, 2);
    }

    @Test
    void anAttemptThatDidNotHappenLeavesTheJobAsItWas() throws Exception {
        UUID id = insert(new JobDraft().expires(Duration.ofSeconds(60)));
        StoredJob before = job(id);
        start(id, 1);

        assertChange(tables -> tables.unstart(before, 1)).isEqualTo(true);

        assertThat(job(id)).isEqualTo(before);
        assertListRead(tables -> tables.attempts(id)).isEmpty();
        assertListRead(tables -> tables.queued(PROCESSES, JobKey.FIRST, 9, ANY_BYTES))
                .extracting(one -> one.job().id())
                .containsExactly(id);
        assertChange(tables -> tables.unstart(before, 1))
                .as("again, or where the start was not recorded")
                .isEqualTo(false);
        assertThat(start(id, 1)).isTrue();
        assertThat(succeed(id, 1)).isTrue();
        assertChange(tables -> tables.unstart(before, 1)).isEqualTo(false);
    }

    @Test
    void theAttemptsBeforeOneThatDidNotHappenStay() throws Exception {
        UUID id = insert(new JobDraft().retries(3));
        start(id, 1);
        change(tables -> tables.recover(at(100), 5, OTHER_ERROR));
        StoredJob before = job(id);
        List<Attempt> attempts = read(tables -> tables.attempts(id));
        start(id, 2);

        assertChange(tables -> tables.unstart(before, 1)).isEqualTo(false);
        assertChange(tables -> tables.unstart(before, 2)).isEqualTo(true);

        assertThat(job(id)).isEqualTo(before);
        assertListRead(tables -> tables.attempts(id)).isEqualTo(attempts);
        assertThat(start(id, 2)).isTrue();
        assertListRead(tables -> tables.attempts(id))
                .extracting(Attempt::number)
                .containsExactly(1, 2);
    }

    @Test
    void aMapKeepsItsResultsWhenItsAttemptDidNotHappen() throws Exception {
        UUID id = insert(new JobDraft().map(9));
        StoredJob before = job(id);
        start(id, 1);
        change(tables -> tables.addResults(id, 1, List.of(results(0, 0, false, "1", "2"))));

        assertChange(tables -> tables.unstart(before, 1)).isEqualTo(true);

        assertThat(job(id).state()).isEqualTo(JobState.QUEUED);
        assertThat(job(id).attempt()).isZero();
        assertThat(String.valueOf(job(id).progress())).contains("\"done\":2,", "\"total\":9");
        assertListRead(tables -> tables.resultsByIndex(id, 0, 9, ANY_BYTES)).hasSize(1);
    }

    @Test
    void aJobThatWasInterruptedTooOftenFails() throws Exception {
        UUID id = insert(new JobDraft());
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(state(id)).isEqualTo(JobState.QUEUED);
            start(id, attempt);
            int at = 100 * attempt;
            assertChange(tables -> tables.recover(at(at), 3, OTHER_ERROR)).isEqualTo(1);
        }

        StoredJob job = job(id);
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.error()).isEqualTo(OTHER_ERROR);
        assertThat(job.finishedAt()).isEqualTo(at(300));
        assertThat(Duration.ofNanos(job.runNanos())).isEqualTo(Duration.ofSeconds(300 - 30));
        assertThat(job.interruptions()).isEqualTo(3);
        assertListRead(tables -> tables.attempts(id)).hasSize(3).allSatisfy(attempt -> assertThat(attempt.error())
                .isEqualTo(OTHER_ERROR));
        change(tables -> tables.retry(id, at(400), 1));
        assertThat(job(id).interruptions()).isZero();
    }

    @Test
    void whatIsDoneOfAMapIsCountedWhenTheServiceHasDied() throws Exception {
        UUID fails = insert(new JobDraft().map(9));
        UUID goesOn = insert(new JobDraft().map(9));
        for (UUID id : List.of(fails, goesOn)) {
            start(id, 1);
            change(tables -> tables.addResults(id, 1, List.of(results(0, 0, false, "1", "2"))));
        }
        change(tables -> tables.cancel(goesOn, at(40), ERROR));
        change(tables -> tables.retry(goesOn, at(50), 77));
        start(goesOn, 2);
        change(tables -> tables.addResults(goesOn, 2, List.of(results(2, 2, false, "3"))));

        change(tables -> tables.recover(at(100), 1, OTHER_ERROR));

        assertThat(job(fails).state()).isEqualTo(JobState.FAILED);
        assertThat(String.valueOf(job(fails).progress())).contains("\"done\":2,", "\"total\":9");
        assertThat(String.valueOf(job(goesOn).progress())).contains("\"done\":3,", "\"total\":9");
    }

    // ---- queued ----

    private List<UUID> queued(String pool, JobKey after, int most) throws StoreException {
        return queued(line(pool), after, most);
    }

    private List<UUID> queued(JobLine line, JobKey after, int most) throws StoreException {
        return read(tables -> tables.queued(line, after, most, ANY_BYTES)).stream()
                .map(job -> job.job().id())
                .toList();
    }

    @Test
    void queuedJobsOfSomeFunctionsCanBePassedOver() throws Exception {
        UUID urgent = insert(new JobDraft().function("b").priority(5));
        UUID first = insert(new JobDraft().function("a"));
        UUID second = insert(new JobDraft().function("b"));
        UUID third = insert(new JobDraft().function("it's \"c\""));

        assertThat(queuedWithout(JobKey.FIRST, 9, "b", "nothing")).containsExactly(first, third);
        assertThat(queuedWithout(JobKey.FIRST, 9, "a", "it's \"c\"")).containsExactly(urgent, second);
        assertThat(queuedWithout(JobKey.FIRST, 1, "b")).containsExactly(first);
        assertThat(queuedWithout(JobKey.of(job(first)), 9, "b")).containsExactly(third);
        assertThat(queuedWithout(JobKey.FIRST, 9)).containsExactly(urgent, first, second, third);
    }

    private List<UUID> queuedWithout(JobKey after, int most, String... functions) throws StoreException {
        return read(tables -> tables.queued(PROCESSES, after, most, ANY_BYTES, List.of(functions))).stream()
                .map(job -> job.job().id())
                .toList();
    }

    @Test
    void queuedJobsHaveAnOrder() throws Exception {
        UUID old = insert(new JobDraft());
        UUID urgent = insert(new JobDraft().priority(100));
        UUID young = insert(new JobDraft());
        UUID idle = insert(new JobDraft().priority(-100));
        insert(new JobDraft().pool("another"));
        insert(new JobDraft().startAt(at(5)));
        jobIn(JobState.RUNNING);
        jobIn(JobState.SUCCEEDED);
        List<UUID> order = List.of(urgent, old, young, idle);

        assertThat(queued("processes", JobKey.FIRST, 100)).isEqualTo(order);
        List<UUID> paged = new ArrayList<>();
        JobKey after = JobKey.FIRST;
        for (List<UUID> page = queued("processes", after, 1); !page.isEmpty(); page = queued("processes", after, 1)) {
            paged.addAll(page);
            after = JobKey.of(job(page.getLast()));
        }
        assertThat(paged).isEqualTo(order);
        for (UUID id : order) {
            JobKey key = JobKey.of(job(id));
            assertRead(tables -> tables.queuedBefore(PROCESSES, key, 100)).isEqualTo(order.indexOf(id));
        }
        assertRead(tables -> tables.queuedBefore(PROCESSES, JobKey.of(job(idle)), 2))
                .isEqualTo(2);
        assertRead(tables -> tables.queuedBefore(PROCESSES, JobKey.FIRST, 9)).isEqualTo(0);
        assertThat(queued("none", JobKey.FIRST, 9)).isEmpty();
    }

    /** Jobs of tenants in lines of their own are in those and in no other, also when the tenants are others. */
    @Test
    void linesOfTenantsAreReadApart() throws Exception {
        UUID ann = insert(new JobDraft().tenant("ann's"));
        UUID bob = insert(new JobDraft().tenant("bob"));
        UUID urgent = insert(new JobDraft().tenant("ann's").priority(1));
        insert(new JobDraft().tenant("ann's").pool("another"));
        UUID eve = insert(new JobDraft().tenant("eve"));
        for (SortedSet<String> limited :
                List.of(new TreeSet<>(Set.of("ann's", "bob")), new TreeSet<>(Set.of("ann's", "eve", "nobody")))) {
            change(tables -> {
                tables.separate(limited);
                return true;
            });
            UUID own = limited.contains("bob") ? bob : eve;
            String other = limited.contains("bob") ? "bob" : "eve";
            assertThat(queued(new JobLine("processes", "ann's", limited), JobKey.FIRST, 9))
                    .containsExactly(urgent, ann);
            assertThat(queued(new JobLine("processes", "ann's", limited), JobKey.of(job(urgent)), 9))
                    .containsExactly(ann);
            assertThat(queued(new JobLine("processes", other, limited), JobKey.FIRST, 9))
                    .containsExactly(own);
            assertThat(queued(new JobLine("processes", null, limited), JobKey.FIRST, 9))
                    .containsExactly(own.equals(bob) ? eve : bob);
            assertRead(tables ->
                            tables.queuedBefore(new JobLine("processes", "ann's", limited), JobKey.of(job(ann)), 9))
                    .isEqualTo(1);
            assertRead(tables -> tables.queuedBefore(new JobLine("processes", null, limited), JobKey.of(job(eve)), 9))
                    .isEqualTo(own.equals(bob) ? 0 : 1);
        }
        change(tables -> {
            tables.separate(Collections.emptySortedSet());
            return true;
        });
        assertThat(queued("processes", JobKey.FIRST, 9)).containsExactly(urgent, ann, bob, eve);
    }

    @Test
    void equallyOldJobsAreInTheOrderOfTheirIds() throws Exception {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            ids.add(insert(new JobDraft().startAt(at(60))));
        }
        change(tables -> tables.makeDue(at(60), 100));

        List<UUID> paged = new ArrayList<>();
        JobKey after = JobKey.FIRST;
        for (List<UUID> page = queued("processes", after, 2); !page.isEmpty(); page = queued("processes", after, 2)) {
            paged.addAll(page);
            after = JobKey.of(job(page.getLast()));
        }

        assertThat(paged).isEqualTo(ids);
        JobKey fifth = JobKey.of(job(ids.get(4)));
        assertRead(tables -> tables.queuedBefore(PROCESSES, fifth, 100)).isEqualTo(4);
    }

    @Test
    void queuedJobsAreReadUpToSoManyBytes() throws Exception {
        for (int i = 0; i < 6; i++) {
            insert(new JobDraft().priority(-i).args(text(10_000, 'a')));
        }

        assertListRead(tables -> tables.queued(PROCESSES, JobKey.FIRST, 9, 25_000))
                .hasSize(3);
        assertListRead(tables -> tables.queued(PROCESSES, JobKey.FIRST, 9, 1)).hasSize(1);
        assertListRead(tables -> tables.queued(PROCESSES, JobKey.FIRST, 0, 25_000))
                .isEmpty();
    }

    @Test
    void aCensusCountsWhatHasNotEndedByPoolAndKnowsTheOldest() throws Exception {
        UUID oldest = insert(new JobDraft().pool("a"));
        insert(new JobDraft().pool("a").priority(5));
        insert(new JobDraft().pool("a").startAt(at(1)));
        insert(new JobDraft().pool("b").startAt(at(1)));
        bring(new JobDraft().pool("c"), JobState.RUNNING);
        bring(new JobDraft().pool("c"), JobState.SUCCEEDED);
        UUID only = insert(new JobDraft().pool("d"));

        Census census = read(tables -> tables.census());

        assertThat(census.pools())
                .isEqualTo(Map.of(
                        "a", new Backlog(2, 1, CallAge.moment(CallAge.of(oldest))),
                        "b", new Backlog(0, 1, null),
                        "d", new Backlog(1, 0, CallAge.moment(CallAge.of(only)))));
        assertThat(census.pool("c")).isEqualTo(new Backlog(0, 0, null));
        assertThat(census.scheduled()).isEqualTo(2);
        assertThat(census.queued()).isEqualTo(3);
        assertThat(census.running()).isEqualTo(1);
    }

    // ---- lists ----

    private List<UUID> list(JobFilter filter, @Nullable UUID before, int most) throws StoreException {
        return read(tables -> tables.list(filter, before, most)).stream()
                .map(StoredJob::id)
                .toList();
    }

    private static JobFilter filter(
            Set<JobState> states, @Nullable String function, @Nullable String pool, Map<String, String> tags) {
        return new JobFilter(states, function, pool, tags);
    }

    @Test
    void listsAreNewestFirstInPages() throws Exception {
        List<UUID> ids = new ArrayList<>();
        for (JobState state : JobState.values()) {
            ids.add(jobIn(state));
        }
        ids.sort(Collections.reverseOrder());

        assertThat(list(ALL, null, 100)).isEqualTo(ids);
        assertThat(list(ALL, null, 2)).isEqualTo(ids.subList(0, 2));
        assertThat(list(ALL, ids.get(1), 3)).isEqualTo(ids.subList(2, 5));
        assertThat(list(ALL, ids.getLast(), 3)).isEmpty();
        assertListRead(tables -> tables.list(ALL, null, 100))
                .allSatisfy(job -> assertThat(job).isEqualTo(job(job.id())));
    }

    /** Every combination of filters over jobs of every combination, against a filter in memory. */
    @Test
    void filtersCombine() throws Exception {
        List<StoredJob> jobs = new ArrayList<>();
        List<Map<String, String>> tags =
                List.of(Map.of(), Map.of("a", "1"), Map.of("a", "2"), Map.of("a", "1", "b", "1"));
        for (JobState state : JobState.values()) {
            for (String function : List.of("f", "g")) {
                for (String pool : List.of("p", "q")) {
                    for (Map<String, String> some : tags) {
                        JobDraft draft = new JobDraft()
                                .tenant(jobs.size() % 3 == 0 ? "other" : "default")
                                .function(function)
                                .pool(pool)
                                .tags(some)
                                .expires(Duration.ofHours(1));
                        jobs.add(job(bring(draft, state)));
                    }
                }
            }
        }
        Collections.reverse(jobs);
        List<Set<JobState>> states = List.of(
                Set.of(),
                Set.of(JobState.SUCCEEDED),
                Set.of(JobState.QUEUED),
                Set.of(JobState.FAILED, JobState.CANCELLED),
                Set.of(JobState.RUNNING, JobState.SUCCEEDED, JobState.EXPIRED));
        List<Map<String, String>> wanted = List.of(
                Map.of(), Map.of("a", "1"), Map.of("a", "1", "b", "1"), Map.of("a", "3"), Map.of("a", "1", "b", "2"));
        List<@Nullable String> tenants = Arrays.asList(null, "other", "default", "none");
        int filters = 0;
        for (Set<JobState> some : states) {
            for (String function : Arrays.asList(null, "f", "none")) {
                for (String pool : Arrays.asList(null, "q", "none")) {
                    for (Map<String, String> tag : wanted) {
                        String tenant = tenants.get(filters++ % tenants.size());
                        JobFilter filter = new JobFilter(tenant, some, function, pool, tag, Set.of());
                        List<UUID> fitting = jobs.stream()
                                .filter(job -> fits(job, filter))
                                .map(StoredJob::id)
                                .toList();
                        assertThat(list(filter, null, 1000)).as("%s", filter).isEqualTo(fitting);
                        if (fitting.size() > 4) {
                            assertThat(list(filter, fitting.get(1), 3))
                                    .as("page of %s", filter)
                                    .isEqualTo(fitting.subList(2, Math.min(5, fitting.size())));
                        }
                        List<UUID> open = jobs.stream()
                                .filter(job -> fits(job, filter) && !job.state().isFinal())
                                .map(StoredJob::id)
                                .toList();
                        assertListRead(tables -> tables.cancellable(filter, null, 5))
                                .as("to cancel of %s", filter)
                                .extracting(StoredJob::id)
                                .isEqualTo(open.subList(0, Math.min(5, open.size())));
                    }
                }
            }
        }
    }

    @Test
    void jobsOfATenantAreListedByItself() throws Exception {
        UUID mine = insert(new JobDraft().tenant("a").tags(Map.of("x", "y", "z", "1")));
        UUID same = insert(new JobDraft().tenant("b").tags(Map.of("x", "y")));
        UUID both = insert(new JobDraft().tenant("a").tags(Map.of("x", "y")));

        assertThat(job(mine).tenant()).isEqualTo("a");
        assertThat(list(of("a", Map.of()), null, 9)).containsExactly(both, mine);
        assertThat(list(of("a", Map.of()), both, 9)).containsExactly(mine);
        assertThat(list(of("a", Map.of("x", "y")), null, 9)).containsExactly(both, mine);
        assertThat(list(of("b", Map.of("x", "y")), null, 9)).containsExactly(same);
        assertThat(list(of("b", Map.of("z", "1")), null, 9)).isEmpty();
        assertThat(list(of("c", Map.of("x", "y")), null, 9)).isEmpty();
        assertThat(list(of(null, Map.of("x", "y")), null, 9)).containsExactly(both, same, mine);

        assertThat(did(tables -> tables.cancel(same, at(1), ERROR))).isTrue();
        assertThat(did(tables -> tables.delete(same))).isTrue();
        assertThat(list(of(null, Map.of("x", "y")), null, 9)).containsExactly(both, mine);
    }

    private static JobFilter of(@Nullable String tenant, Map<String, String> tags) {
        return new JobFilter(tenant, Set.of(), null, null, tags, Set.of());
    }

    @Test
    void itIsKnownWhomAJobBelongsTo() throws Exception {
        UUID id = insert(new JobDraft().tenant("a"));

        assertThat(store.<@Nullable String>read(tables -> tables.tenant(id))).isEqualTo("a");
        assertThat(store.<@Nullable String>read(tables -> tables.tenant(new UUID(1, 2))))
                .isNull();
    }

    @Test
    void aTagIsFoundWhereverItsNameEnds() throws Exception {
        UUID shortName = insert(new JobDraft().tags(Map.of("a", "b:c", "x", "y")));
        UUID longName = insert(new JobDraft().tags(Map.of("a:b", "c")));
        UUID both = insert(new JobDraft().tags(Map.of("a", "b:c", "a:b", "c")));
        UUID quoted = insert(new JobDraft().tags(Map.of("\"\u00e4\\:", ":\n")));
        insert(new JobDraft().tags(Map.of("a", "b", "b", "c")));

        assertThat(list(joined("a:b:c"), null, 9)).containsExactly(both, longName, shortName);
        assertThat(list(joined("a:b:c"), both, 1)).containsExactly(longName);
        assertThat(list(joined("\"\u00e4\\:::\n"), null, 9)).containsExactly(quoted);
        assertThat(list(new JobFilter(null, Set.of(), null, null, Map.of("x", "y"), Set.of("a:b:c")), null, 9))
                .containsExactly(shortName);
        assertThat(list(joined("a:b:c:d"), null, 9)).isEmpty();
        assertThat(list(joined("a:b:c" + ":".repeat(100)), null, 9)).isEmpty();
        assertListRead(tables -> tables.cancellable(joined("a:b:c"), null, 9))
                .extracting(StoredJob::id)
                .containsExactly(both, longName, shortName);
    }

    private static JobFilter joined(String tag) {
        return new JobFilter(null, Set.of(), null, null, Map.of(), Set.of(tag));
    }

    @Test
    void aMapThatWaitsTellsWhatIsDone() throws Exception {
        UUID id = insert(new JobDraft().map(4).retries(1));
        assertThat(String.valueOf(job(id).progress())).isEqualTo("{\"done\":0,\"total\":4,\"message\":null}");

        start(id, 1);
        change(tables ->
                tables.addResults(id, 1, List.of(results(0, 0, false, "0", "1", "2"), results(3, 3, true, "{}"))));
        RawJson all = RawJson.of("{\"done\":4,\"total\":4,\"message\":null}");
        assertThat(did(tables -> tables.reschedule(id, end(1, ERROR, all, null), at(20))))
                .isTrue();
        assertThat(String.valueOf(job(id).progress())).isEqualTo("{\"done\":3,\"total\":4,\"message\":null}");

        change(tables -> tables.makeDue(at(20), 9));
        change(tables -> tables.addResults(id, 2, List.of(results(3, 3, true, "{}"))));
        assertThat(did(tables -> tables.fail(id, end(2, ERROR, all, null), ERROR)))
                .isTrue();
        assertThat(job(id).progress()).isEqualTo(all);
        assertThat(did(tables -> tables.retry(id, at(100), 1))).isTrue();
        assertThat(String.valueOf(job(id).progress())).isEqualTo("{\"done\":3,\"total\":4,\"message\":null}");
    }

    @Test
    void aCallThatIsTriedAgainHasNoProgressYet() throws Exception {
        UUID id = insert(new JobDraft());
        assertThat(did(tables -> tables.fail(id, end(1, ERROR, RawJson.of("{\"done\":4}"), null), ERROR)))
                .isTrue();
        change(tables -> tables.retry(id, at(100), 1));
        assertThat(job(id).progress()).isNull();
    }

    @Test
    void aKeyIsForgottenThoughNoJobIs() throws Exception {
        WaitingJob job = new JobDraft().made();
        change(tables -> tables.insert(job, key("k", "d")));
        assertRead(tables -> tables.nextForgotten()).isEqualTo(NOW.plus(Duration.ofDays(1)));
        succeed(job.id(), 1);
        change(tables -> tables.delete(job.id()));
        assertRead(tables -> tables.nextForgotten()).isEqualTo(NOW.plus(Duration.ofDays(1)));
        change(tables -> tables.forget(NOW.plus(Duration.ofDays(1)), 100));
        assertRead(tables -> tables.nextForgotten()).isNull();
    }

    private static boolean fits(StoredJob job, JobFilter filter) {
        return (filter.states().isEmpty() || filter.states().contains(job.state()))
                && (filter.tenant() == null || filter.tenant().equals(job.tenant()))
                && (filter.function() == null
                        || filter.function().equals(job.spec().function()))
                && (filter.pool() == null || filter.pool().equals(job.spec().pool()))
                && job.spec().tags().entrySet().containsAll(filter.tags().entrySet());
    }

    @Test
    void theNewestUnfinishedAreCancelledFirst() throws Exception {
        UUID first = jobIn(JobState.RUNNING);
        jobIn(JobState.SUCCEEDED);
        UUID second = jobIn(JobState.QUEUED);
        UUID third = jobIn(JobState.SCHEDULED);

        assertListRead(tables -> tables.cancellable(ALL, null, 9))
                .extracting(StoredJob::id)
                .containsExactly(third, second, first);
        assertListRead(tables -> tables.cancellable(ALL, null, 2))
                .extracting(StoredJob::id)
                .containsExactly(third, second);
        assertListRead(tables -> tables.cancellable(filter(Set.of(JobState.FAILED), null, null, Map.of()), null, 2))
                .isEmpty();
    }

    @Test
    void listsAreCutWhereJobsAreLongAndGoOnBehindTheLastOne() throws Exception {
        List<UUID> made = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            made.addFirst(insert(new JobDraft().tags(Map.of("a", "x".repeat(50_000 + i)))));
        }
        List<UUID> listed = new ArrayList<>();
        UUID before = null;
        List<StoredJob> page;
        do {
            UUID last = before;
            page = read(tables -> tables.list(ALL, last, 100));
            assertThat(page.stream().mapToLong(StoredJob::bytes).sum())
                    .isLessThan(JobReader.MOST_LISTED_BYTES + 200_000);
            page.forEach(job -> listed.add(job.id()));
            before = page.isEmpty() ? before : page.getLast().id();
        } while (!page.isEmpty());
        assertThat(listed).containsExactlyElementsOf(made);
        assertListRead(tables -> tables.cancellable(ALL, null, 100)).hasSizeBetween(1, 39);
        assertListRead(tables -> tables.queued(PROCESSES, JobKey.FIRST, 100, 100_000))
                .hasSize(1);
    }

    @Test
    void theLatestAttemptsAreReadWhereTheyAreLong() throws Exception {
        UUID id = insert(new JobDraft().retries(100));
        RawJson longError = RawJson.of("{\"type\":\"function-raised\",\"message\":\"" + "x".repeat(100_000) + "\"}");
        for (int attempt = 1; attempt <= 60; attempt++) {
            int number = attempt;
            start(id, number);
            change(tables -> tables.reschedule(id, end(number, longError), at(1)));
            change(tables -> tables.makeDue(at(2), 10));
        }
        List<Attempt> attempts = read(tables -> tables.attempts(id));
        assertThat(attempts).hasSizeBetween(2, 40).isSortedAccordingTo(Comparator.comparingInt(Attempt::number));
        assertThat(attempts.getLast().number()).isEqualTo(60);
    }

    // ---- results of maps ----

    static MapResults results(int firstIndex, long firstSeq, boolean failed, String... values) {
        RawJson array = RawJson.of("[" + String.join(",", values) + "]");
        return MapResults.of(firstIndex, firstSeq, failed, JsonSlices.elements(array));
    }

    private static List<String> texts(MapResults row) {
        JsonSlices slices = row.results();
        return IntStream.range(0, slices.count())
                .mapToObj(i -> new String(slices.bytes(), slices.start(i), slices.length(i), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void resultsAreReadInBothOrders() throws Exception {
        UUID id = insert(new JobDraft().map(10));
        UUID other = insert(new JobDraft().map(10));
        assertThat(did(tables -> tables.addResults(
                        id, 1, List.of(results(4, 0, false, "4", "\"five\""), results(0, 2, true, "{}")))))
                .isTrue();
        assertThat(did(tables -> tables.addResults(id, 1, List.of(results(7, 3, false, "7", "8", "9")))))
                .isTrue();
        change(tables -> tables.addResults(other, 1, List.of(results(0, 0, false, "\"other\""))));

        List<MapResults> byIndex = read(tables -> tables.resultsByIndex(id, 0, 9, ANY_BYTES));
        assertThat(byIndex).extracting(MapResults::firstIndex).containsExactly(0, 4, 7);
        assertThat(byIndex).extracting(MapResults::failed).containsExactly(true, false, false);
        assertThat(texts(byIndex.get(1))).containsExactly("4", "\"five\"");
        List<MapResults> bySeq = read(tables -> tables.resultsBySeq(id, 0, 9, ANY_BYTES));
        assertThat(bySeq).extracting(MapResults::firstSeq).containsExactly(0L, 2L, 3L);
        assertThat(bySeq).extracting(MapResults::count).containsExactly(2, 1, 3);
    }

    @Test
    void resultsAreReadFromAPlaceOn() throws Exception {
        UUID id = insert(new JobDraft().map(20));
        List<MapResults> rows =
                List.of(results(0, 3, false, "0", "1", "2"), results(5, 0, false, "5", "6"), results(9, 6, false, "9"));
        change(tables -> tables.addResults(id, 1, rows));

        assertThat(firstIndexes(id, 0)).containsExactly(0, 5, 9);
        assertThat(firstIndexes(id, 2)).containsExactly(0, 5, 9); // it is in the row of 0
        assertThat(firstIndexes(id, 3)).containsExactly(5, 9); // it is in none
        assertThat(firstIndexes(id, 6)).containsExactly(5, 9);
        assertThat(firstIndexes(id, 10)).isEmpty();
        assertListRead(tables -> tables.resultsBySeq(id, 1, 9, ANY_BYTES))
                .extracting(MapResults::firstSeq)
                .containsExactly(0L, 3L, 6L);
        assertListRead(tables -> tables.resultsBySeq(id, 2, 1, ANY_BYTES))
                .extracting(MapResults::firstSeq)
                .containsExactly(3L);
        assertListRead(tables -> tables.resultsByIndex(id, 0, 9, 1)).hasSize(1);
    }

    private List<Integer> firstIndexes(UUID id, int from) throws StoreException {
        return read(tables -> tables.resultsByIndex(id, from, 9, ANY_BYTES)).stream()
                .map(MapResults::firstIndex)
                .toList();
    }

    @Test
    void resultsOfManyItemsAreFewRows() throws Exception {
        UUID id = insert(new JobDraft().map(1_000_000));
        int inRow = 10_000;
        String[] values = new String[inRow];
        Arrays.fill(values, "\"0123456789\"");
        for (int from = 0; from < 1_000_000; from += inRow) {
            MapResults row = results(from, from, false, values);
            change(tables -> tables.addResults(id, 1, List.of(row)));
        }

        List<MapResults> middle = read(tables -> tables.resultsByIndex(id, 555_555, 100, 1 << 20));
        assertThat(middle.getFirst().firstIndex()).isEqualTo(550_000);
        assertThat(middle).hasSizeBetween(1, 8);
        assertListRead(tables -> tables.resultsBySeq(id, 990_000, 100, ANY_BYTES))
                .hasSize(1);
    }

    // ---- forgetting ----

    @ParameterizedTest
    @EnumSource(JobState.class)
    void onlyWhatHasEndedIsDeleted(JobState state) throws Exception {
        UUID id = jobIn(state);

        assertChange(tables -> tables.delete(id)).isEqualTo(state.isFinal());

        assertThat(read(tables -> tables.find(id)) == null).isEqualTo(state.isFinal());
    }

    @Test
    void whatHasStayedLongEnoughIsForgottenInSteps() throws Exception {
        UUID waiting = insert(new JobDraft().retain(Duration.ZERO));
        UUID stays = insert(new JobDraft().retain(Duration.ofDays(9)));
        succeed(stays, 1);
        List<UUID> gone = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            UUID id = insert(new JobDraft().retain(Duration.ofSeconds(i)).tags(Map.of("a", "b")));
            fail(id, 1); // ends at 15
            gone.add(id);
        }
        assertRead(tables -> tables.nextForgotten()).isEqualTo(at(16));

        assertChange(tables -> tables.forget(at(15), 10)).isEqualTo(0);
        assertChange(tables -> tables.forget(at(19), 3)).isEqualTo(3);
        assertChange(tables -> tables.forget(at(19), 3)).isEqualTo(1);
        assertThat(list(ALL, null, 10)).containsExactlyInAnyOrder(waiting, stays, gone.getLast());
        assertThat(list(filter(Set.of(), null, null, Map.of("a", "b")), null, 10))
                .containsExactly(gone.getLast());
        assertRead(tables -> tables.nextForgotten()).isEqualTo(at(20));
    }

    @Test
    void nothingOfAForgottenJobComesToTheNext() throws Exception {
        UUID old = insert(new JobDraft().map(3).args(text(5000, 'a')).tags(Map.of("a", "b")));
        change(tables -> tables.addResults(old, 1, List.of(results(0, 0, false, "1"))));
        start(old, 1);
        change(tables -> tables.recover(at(11), 5, ERROR));
        change(tables -> tables.succeed(old, end(2, null, null, new byte[] {1}), text(5000, 'v')));
        change(tables -> tables.delete(old));

        UUID id = insert(new JobDraft().map(3));

        assertListRead(tables -> tables.resultsByIndex(id, 0, 9, ANY_BYTES)).isEmpty();
        assertListRead(tables -> tables.attempts(id)).isEmpty();
        assertRead(tables -> tables.output(id)).isNull();
        succeed(id, 1);
        assertRead(tables -> tables.value(id)).isEqualTo(VALUE);
        assertThat(list(filter(Set.of(), null, null, Map.of("a", "b")), null, 10))
                .isEmpty();
    }

    // ---- pools ----

    @Test
    void poolsAreKept() throws Exception {
        assertRead(tables -> tables.pools()).isEqualTo(Map.of());
        KeptPool crunch = new KeptPool(
                new PoolPatch(
                        PoolKind.PROCESS,
                        Map.of(PoolSetting.SIZE, 4, PoolSetting.DEFAULT_TIMEOUT, Duration.ofMillis(1500))),
                Wanted.PAUSED);
        KeptPool tiny = new KeptPool(new PoolPatch(PoolKind.COROUTINE, Map.of()), Wanted.RUNNING);

        store.write(tables -> tables.keepPools(Map.of("crunch", crunch, "tiny", tiny)));
        assertRead(tables -> tables.pools()).isEqualTo(Map.of("crunch", crunch, "tiny", tiny));

        store.write(tables -> tables.keepPools(Map.of("tiny", tiny)));
        reopen();
        assertRead(tables -> tables.pools()).isEqualTo(Map.of("tiny", tiny));
    }

    // ---- transactions ----

    @Test
    void allIsDoneOrNothing() throws Exception {
        WaitingJob job = new JobDraft().made();

        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> store.write(tables -> {
                    tables.insert(job, key("k", "d"));
                    throw new StoreException("on purpose");
                }))
                .withMessage("on purpose");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> store.write(tables -> {
                    tables.insert(job, null);
                    throw new IllegalStateException("on purpose");
                }));

        assertRead(tables -> tables.find(job.id())).isNull();
        assertRead(tables -> tables.findRepeat(key("k", "d"))).isNull();
        insert(new JobDraft());
    }

    @Test
    void aTransactionSeesWhatItHasDoneAndNobodyElseDoes() throws Exception {
        WaitingJob job = new JobDraft().made();

        store.write(tables -> {
            tables.insert(job, null);
            assertThat(tables.find(job.id())).isNotNull();
            assertRead(others -> others.find(job.id())).isNull();
        });

        assertRead(tables -> tables.find(job.id())).isNotNull();
    }

    @Test
    void whatWasWrittenIsThereAfterwards() throws Exception {
        UUID queued = jobIn(JobState.QUEUED);
        UUID failed = jobIn(JobState.FAILED);
        StoredJob before = job(failed);

        reopen();

        assertThat(job(failed)).isEqualTo(before);
        assertThat(queued("processes", JobKey.FIRST, 9)).containsExactly(queued);
    }

    @Test
    void readersSeeOneStateWhileOthersWrite() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Long>> readers = new ArrayList<>();
        UUID first = insert(new JobDraft());
        UUID second = insert(new JobDraft());
        for (int i = 0; i < 4; i++) {
            readers.add(CompletableFuture.supplyAsync(() -> {
                long rounds = 0;
                while (!over.get()) {
                    rounds++;
                    try {
                        int difference = read(tables -> attempts(tables.find(first)) - attempts(tables.find(second)));
                        assertThat(difference).isZero();
                    } catch (StoreException e) {
                        throw new AssertionError(e);
                    }
                }
                return rounds;
            }));
        }
        try {
            for (int i = 0; i < 300; i++) {
                int attempt = i + 1;
                store.write(tables -> {
                    for (UUID id : List.of(first, second)) {
                        assertThat(tables.start(id, started(attempt), 1)).isTrue();
                    }
                });
                store.write(tables -> tables.recover(at(1), 1000, ERROR));
            }
        } finally {
            over.set(true);
        }
        for (CompletableFuture<Long> reader : readers) {
            assertThat(reader.join()).isPositive();
        }
    }

    private static int attempts(@Nullable StoredJob job) {
        return job == null ? -1 : job.attempt();
    }

    @Test
    void aClosedStoreSaysSo() {
        store.close();

        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> store.write(tables -> {}))
                .withMessageContaining("closed");
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> read(tables -> tables.census()))
                .withMessageContaining("closed");
        store.close();
    }
}
