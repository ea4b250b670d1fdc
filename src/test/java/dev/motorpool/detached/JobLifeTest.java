package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.JobKey;
import dev.motorpool.detached.model.JobLine;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobReader;
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
import dev.motorpool.store.sqlite.SqliteJobStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares the states of jobs in the store with a model of a few lines, in random histories of all events, in time and
 * late. The test controls the time.
 */
@Tag("service")
class JobLifeTest {

    private static final int STEPS = 3_000;
    private static final int MOST_JOBS = 25;
    private static final int DEATHS = 5;
    private static final RawJson ERROR = RawJson.of("{\"type\":\"told\"}");
    private static final RawJson SERVICE_ENDED = RawJson.of("{\"type\":\"worker-lost\"}");
    private static final RawJson VALUE = RawJson.of("[1,2]");

    @TempDir
    Path directory;

    /** The expected job. */
    private static final class Model {
        final StoredJob job;
        final int row;
        JobState state;
        int attempt;
        int retriesLeft;
        int interruptions;
        long age;

        @Nullable
        Instant dueAt;

        @Nullable
        Instant expiresAt;

        @Nullable
        Instant finishedAt;

        @Nullable
        RawJson error;
        /** The attempts that were recorded; the latest is the last. */
        final List<Try> tries = new ArrayList<>();
        /** Results of items, by whether they have failed. */
        int good;

        int bad;

        Model(StoredJob job, int row) {
            this.job = job;
            this.row = row;
            this.state = job.dueAt() == null ? JobState.QUEUED : JobState.SCHEDULED;
            this.retriesLeft = job.spec().retries();
            this.age = job.age();
            this.dueAt = job.dueAt();
            this.expiresAt = job.expiresAt();
        }

        boolean mayTell(int number) {
            return (state == JobState.RUNNING && attempt <= number) || (state == JobState.QUEUED && attempt < number);
        }

        void begin(int number) {
            if (number > attempt) {
                tries.add(new Try(number));
            }
            attempt = number;
            expiresAt = null;
        }

        void end(JobState last, Instant at, @Nullable RawJson why) {
            state = last;
            finishedAt = at;
            error = why;
            dueAt = null;
            expiresAt = null;
        }

        Try latest() {
            return tries.getLast();
        }

        Instant forgetAt() {
            return Objects.requireNonNull(finishedAt).plus(job.spec().retain());
        }
    }

    private static final class Try {
        final int number;

        @Nullable
        Instant finishedAt;

        @Nullable
        RawJson error;

        Try(int number) {
            this.number = number;
        }

        void end(Instant at, @Nullable RawJson why) {
            finishedAt = at;
            error = why;
        }
    }

    private final List<Model> models = new ArrayList<>();
    private Random random = new Random();
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private int rows;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theStoreIsAsTheModelAfterEveryStep(long seed) throws Exception {
        random = new Random(seed);
        try (SqliteJobStore store = SqliteJobStore.open(directory.resolve("life.db"))) {
            for (int block = 0; block < 10; block++) {
                store.write(tables -> {
                    for (int i = 0; i < STEPS / 10; i++) {
                        now = now.plus(Duration.ofMillis(random.nextInt(2_000)));
                        step(tables);
                    }
                });
                store.read(tables -> {
                    checkAll(tables);
                    return null;
                });
            }
        }
    }

    private void step(JobTables tables) throws StoreException {
        if (models.isEmpty() || (models.size() < MOST_JOBS && random.nextInt(6) == 0)) {
            insert(tables);
            return;
        }
        Model model = models.get(random.nextInt(models.size()));
        int number = Math.max(1, model.attempt + random.nextInt(4) - 1);
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5 -> start(tables, model, number);
            case 6, 7 -> succeed(tables, model, number);
            case 8, 9 -> fail(tables, model, number);
            case 10, 11, 12 -> reschedule(tables, model, number);
            case 13 -> cancel(tables, model);
            case 14 -> expire(tables, model);
            case 15, 16, 17 -> retry(tables, model);
            case 18 -> makeDue(tables);
            case 19 -> delete(tables, model);
            case 20 -> forget(tables);
            case 21 -> recover(tables);
            case 22 -> results(tables, model, number);
            default -> withdraw(tables, model);
        }
        check(tables, model);
        if (random.nextInt(20) == 0) {
            checkAll(tables);
        }
    }

    private void insert(JobTables tables) throws StoreException {
        int row = ++rows;
        UUID id = new UUID(now.toEpochMilli() << 16 | 0x7000 | (row & 0xFFF), 0x8000_0000_0000_0000L | row);
        JobSpec spec = new JobSpec(
                "apply_async",
                "echo",
                "p" + random.nextInt(2),
                null,
                random.nextBoolean() ? null : Duration.ofSeconds(random.nextInt(40)),
                random.nextInt(3),
                Map.of(),
                random.nextInt(4),
                Duration.ofSeconds(1),
                Duration.ofSeconds(random.nextInt(100)),
                null,
                Callbacks.NONE);
        Instant startAt = random.nextInt(3) == 0 ? now.plusSeconds(random.nextInt(30)) : null;
        WaitingJob job = new WaitingJob(
                StoredJob.submitted(id, "default", spec, now, startAt, null),
                RawJson.of("[" + row + "]"),
                RawJson.EMPTY_OBJECT);
        Model model = new Model(job.job(), row);
        models.add(model);
        assertThat(tables.insert(job, null)).isInstanceOf(Insertion.Made.class);
        check(tables, model);
    }

    private Attempt attempt(int number, @Nullable Instant finishedAt, @Nullable RawJson error) {
        return new Attempt(number, now.minusMillis(5), finishedAt, "w-" + number, 100 + number, error);
    }

    private AttemptEnd end(int number, @Nullable RawJson error) {
        return new AttemptEnd(attempt(number, now, error), 7_000, 5_000_000, null, null);
    }

    private void start(JobTables tables, Model model, int number) throws StoreException {
        boolean possible = model.state == JobState.QUEUED && number > model.attempt;
        assertThat(tables.start(model.job.id(), attempt(number, null, null), 1_000))
                .isEqualTo(possible);
        if (possible) {
            model.begin(number);
            model.state = JobState.RUNNING;
        }
    }

    private void succeed(JobTables tables, Model model, int number) throws StoreException {
        boolean possible = model.mayTell(number);
        assertThat(tables.succeed(model.job.id(), end(number, null), VALUE)).isEqualTo(possible);
        if (possible) {
            model.begin(number);
            model.latest().end(now, null);
            model.end(JobState.SUCCEEDED, now, null);
        }
    }

    private void fail(JobTables tables, Model model, int number) throws StoreException {
        boolean possible = model.mayTell(number);
        assertThat(tables.fail(model.job.id(), end(number, ERROR), ERROR)).isEqualTo(possible);
        if (possible) {
            model.begin(number);
            model.latest().end(now, ERROR);
            model.end(JobState.FAILED, now, ERROR);
        }
    }

    private void reschedule(JobTables tables, Model model, int number) throws StoreException {
        boolean possible = model.mayTell(number);
        Instant due = now.plusSeconds(random.nextInt(20));
        assertThat(tables.reschedule(model.job.id(), end(number, ERROR), due)).isEqualTo(possible);
        if (possible) {
            model.begin(number);
            model.latest().end(now, ERROR);
            model.state = JobState.SCHEDULED;
            model.dueAt = due;
            model.retriesLeft = Math.max(0, model.retriesLeft - 1);
            model.bad = 0;
        }
    }

    private void cancel(JobTables tables, Model model) throws StoreException {
        boolean possible = !model.state.isFinal();
        assertThat(tables.cancel(model.job.id(), now, ERROR)).isEqualTo(possible);
        if (possible) {
            if (model.state == JobState.RUNNING) {
                model.latest().end(now, ERROR);
            }
            model.end(JobState.CANCELLED, now, ERROR);
        }
    }

    private void expire(JobTables tables, Model model) throws StoreException {
        Instant limit = model.expiresAt;
        boolean possible = limit != null && !limit.isAfter(now);
        assertThat(tables.expire(model.job.id(), now, ERROR)).isEqualTo(possible);
        if (possible) {
            model.end(JobState.EXPIRED, now, ERROR);
        }
    }

    private void retry(JobTables tables, Model model) throws StoreException {
        boolean possible = model.state.isFinal() && model.state != JobState.SUCCEEDED;
        long age = CallAge.of(now);
        assertThat(tables.retry(model.job.id(), now, age)).isEqualTo(possible);
        if (possible) {
            Duration expires = model.job.spec().expires();
            model.state = JobState.QUEUED;
            model.age = age;
            model.interruptions = 0;
            model.retriesLeft = 0;
            model.error = null;
            model.finishedAt = null;
            model.expiresAt = expires == null ? null : now.plus(expires);
            model.bad = 0;
        }
    }

    private void makeDue(JobTables tables) throws StoreException {
        int most = 1 + random.nextInt(4);
        List<Model> due = models.stream()
                .filter(model -> model.dueAt != null && !model.dueAt.isAfter(now))
                .sorted(Comparator.comparing((Model model) -> Objects.requireNonNull(model.dueAt))
                        .thenComparing(model -> model.job.spec().pool())
                        .thenComparingInt(model -> model.row))
                .limit(most)
                .toList();
        List<WaitingJob> made = tables.makeDue(now, most);
        assertThat(made).extracting(job -> job.job().id()).isEqualTo(ids(due.stream()));
        for (Model model : due) {
            model.state = JobState.QUEUED;
            model.age = CallAge.of(Objects.requireNonNull(model.dueAt));
            model.dueAt = null;
            check(tables, model);
        }
    }

    private void delete(JobTables tables, Model model) throws StoreException {
        boolean possible = model.state.isFinal();
        assertThat(tables.delete(model.job.id())).isEqualTo(possible);
        if (possible) {
            models.remove(model);
        }
    }

    private void forget(JobTables tables) throws StoreException {
        int most = 1 + random.nextInt(4);
        List<Model> over = models.stream()
                .filter(model -> model.state.isFinal() && !model.forgetAt().isAfter(now))
                .sorted(Comparator.comparing(Model::forgetAt).thenComparingInt(model -> model.row))
                .limit(most)
                .toList();
        assertThat(tables.forget(now, most)).isEqualTo(over.size());
        models.removeAll(over);
        for (Model model : over) {
            assertThat(tables.find(model.job.id())).isNull();
        }
    }

    /** The service has died and starts. */
    private void recover(JobTables tables) throws StoreException {
        List<Model> running =
                models.stream().filter(model -> model.state == JobState.RUNNING).toList();
        assertThat(tables.recover(now, DEATHS, SERVICE_ENDED)).isEqualTo(running.size());
        for (Model model : running) {
            model.latest().end(now, SERVICE_ENDED);
            if (model.interruptions + 1 >= DEATHS) {
                model.end(JobState.FAILED, now, SERVICE_ENDED);
            } else {
                model.state = JobState.QUEUED;
            }
            model.interruptions++;
            check(tables, model);
        }
    }

    private void results(JobTables tables, Model model, int number) throws StoreException {
        boolean failed = random.nextInt(3) == 0;
        int at = 1_000 * model.row + rows++;
        byte[] text = "7".getBytes(StandardCharsets.UTF_8);
        MapResults row = MapResults.of(at, at, failed, new JsonSlices(text, new int[] {0, 1}, 1));
        boolean possible = model.mayTell(number);
        assertThat(tables.addResults(model.job.id(), number, List.of(row))).isEqualTo(possible);
        if (possible) {
            model.good += failed ? 0 : 1;
            model.bad += failed ? 1 : 0;
        }
    }

    private void withdraw(JobTables tables, Model model) throws StoreException {
        if (random.nextInt(4) > 0) {
            return;
        }
        tables.withdraw(model.job.id());
        if (!model.state.isFinal() && model.attempt == 0) {
            models.remove(model);
        }
    }

    private void check(JobReader tables, Model model) throws StoreException {
        UUID id = model.job.id();
        StoredJob stored = tables.find(id);
        if (!models.contains(model)) {
            assertThat(stored).isNull();
            assertThat(tables.attempts(id)).isEmpty();
            assertThat(tables.resultsBySeq(id, 0, 1_000, Long.MAX_VALUE)).isEmpty();
            return;
        }
        assertThat(stored).isNotNull();
        StoredJob job = Objects.requireNonNull(stored);
        assertThat(job.state()).isEqualTo(model.state);
        assertThat(job.attempt()).isEqualTo(model.attempt);
        assertThat(job.retriesLeft()).isEqualTo(model.retriesLeft);
        assertThat(job.interruptions()).isEqualTo(model.interruptions);
        assertThat(job.age()).isEqualTo(model.age);
        assertThat(job.dueAt()).isEqualTo(model.dueAt);
        assertThat(job.expiresAt()).isEqualTo(model.expiresAt);
        assertThat(job.finishedAt()).isEqualTo(model.finishedAt);
        assertThat(text(job.error())).isEqualTo(text(model.error));
        assertThat(text(tables.value(id))).isEqualTo(model.state == JobState.SUCCEEDED ? VALUE.toString() : null);
        List<Attempt> attempts = tables.attempts(id);
        assertThat(attempts).hasSize(model.tries.size());
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            Try tried = model.tries.get(i);
            assertThat(attempt.number()).isEqualTo(tried.number);
            assertThat(attempt.finishedAt()).isEqualTo(tried.finishedAt);
            assertThat(text(attempt.error())).isEqualTo(text(tried.error));
        }
        assertThat(tables.resultsBySeq(id, 0, 1_000, Long.MAX_VALUE)).hasSize(model.good + model.bad);
    }

    private static @Nullable String text(@Nullable RawJson json) {
        return json == null ? null : json.toString();
    }

    private void checkAll(JobReader tables) throws StoreException {
        for (Model model : models) {
            check(tables, model);
        }
        for (String pool : List.of("p0", "p1")) {
            List<Model> queued = models.stream()
                    .filter(model -> model.job.spec().pool().equals(pool) && model.state == JobState.QUEUED)
                    .sorted(Comparator.comparing(
                            model -> new JobKey(model.job.spec().priority(), model.age, model.job.id())))
                    .toList();
            assertThat(tables.queued(
                            new JobLine(pool, null, Collections.emptySortedSet()), JobKey.FIRST, 1_000, Long.MAX_VALUE))
                    .extracting(job -> job.job().id())
                    .isEqualTo(ids(queued.stream()));
            long scheduled = models.stream()
                    .filter(model -> model.job.spec().pool().equals(pool) && model.state == JobState.SCHEDULED)
                    .count();
            JobReader.Backlog backlog = tables.census().pool(pool);
            assertThat(backlog.queued()).isEqualTo(queued.size());
            assertThat(backlog.scheduled()).isEqualTo(scheduled);
        }
        assertThat(tables.nextDue()).isEqualTo(first(model -> model.dueAt != null, model -> model.dueAt));
        assertThat(tables.nextExpiry()).isEqualTo(first(model -> model.expiresAt != null, model -> model.expiresAt));
        assertThat(tables.nextForgotten()).isEqualTo(first(model -> model.state.isFinal(), Model::forgetAt));
        assertThat(tables.expired(now, 1_000))
                .extracting(StoredJob::id)
                .containsExactlyInAnyOrderElementsOf(
                        ids(models.stream().filter(model -> model.expiresAt != null && !model.expiresAt.isAfter(now))));
    }

    private @Nullable Instant first(Predicate<Model> which, Function<Model, @Nullable Instant> what) {
        return models.stream()
                .filter(which)
                .map(model -> Objects.requireNonNull(what.apply(model)))
                .map(moment -> moment.truncatedTo(ChronoUnit.MICROS))
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private static List<UUID> ids(Stream<Model> some) {
        return some.map(model -> model.job.id()).toList();
    }
}
