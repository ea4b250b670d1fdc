package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.detached.DetachedFixture.Wish;
import dev.motorpool.detached.FaultyStore.Fault;
import dev.motorpool.detached.FaultyStore.Plan;
import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.detached.wait.JobWait;
import dev.motorpool.job.JobState;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each store call fails (before or after it was done), is slow, or hangs, while jobs of all kinds are in progress: no
 * accepted job is lost, no refused one runs, nothing is stuck, and all counts are right.
 */
@Tag("slow")
class DetachedFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(15);
    private static final Duration STORE_TIMEOUT = Duration.ofMillis(150);
    private static final int ITEMS = 10;
    private static final String ITEMS_JSON =
            IntStream.range(0, ITEMS).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));

    /** Called at the start of the service, or not for jobs. */
    private static final Set<String> ELSEWHERE = Set.of("tables.recover", "tables.keepPools", "reader.pools");

    @TempDir
    static Path directory;

    private static DetachedFixture fixture;
    private static Pool pool;
    private static int cases;
    private static Set<String> threads = Set.of();

    /** The states, and values, that this case's jobs have to reach. */
    private final Map<UUID, JobState> promised = new LinkedHashMap<>();

    private final Map<UUID, String> values = new LinkedHashMap<>();
    private final List<JobWait> waits = new ArrayList<>();
    private final Set<UUID> forgotten = new HashSet<>();
    private final String tag = "case " + ++cases;

    @BeforeAll
    static void open() throws Exception {
        threads = threads();
        fixture = new DetachedFixture(
                directory.resolve("jobs.db"), Clock.systemUTC(), DetachedFixture.settings(1_000_000, STORE_TIMEOUT));
        pool = fixture.pool("io", PoolKind.COROUTINE, 20);
        fixture.engine.open(fixture.pools);
    }

    @AfterAll
    static void close() {
        fixture.close();
        Eventually.within(SOON, () -> assertThat(threads()).isEqualTo(threads));
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("motorpool-"))
                .collect(Collectors.toSet());
    }

    record Case(String call, Fault fault) {
        @Override
        public String toString() {
            return call + " " + fault;
        }
    }

    static Stream<Case> cases() {
        Stream<String> calls = Stream.of(
                        Stream.of("write", "read"),
                        methods("tables.", JobTables.class),
                        methods("reader.", JobReader.class))
                .flatMap(names -> names);
        return calls.filter(call -> !ELSEWHERE.contains(call))
                .flatMap(call -> Stream.of(Fault.BEFORE, Fault.AFTER, Fault.SLOW, Fault.HANGS)
                        .map(fault -> new Case(call, fault)));
    }

    private static Stream<String> methods(String prefix, Class<?> port) {
        return Arrays.stream(port.getDeclaredMethods())
                .filter(method -> Arrays.asList(method.getExceptionTypes()).contains(StoreException.class))
                .map(Method::getName)
                .sorted()
                .distinct()
                .map(name -> prefix + name);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void nothingIsLostOrStuck(Case one) throws Exception {
        fixture.store.plan(Plan.once(one.call, Math.floorMod(cases, 3), one.fault));
        Thread releasing = releasing();
        try {
            work();
            everythingEnds();
        } finally {
            releasing.interrupt();
            fixture.store.plan(Plan.none());
            fixture.store.release();
        }
    }

    @Test
    void nothingIsLostUnderManyFaults() throws Exception {
        fixture.store.plan(Plan.random(cases, 40, Fault.BEFORE, Fault.AFTER, Fault.SLOW, Fault.HANGS));
        Thread releasing = releasing();
        try {
            for (int i = 0; i < 6; i++) {
                work();
            }
            fixture.store.plan(Plan.none());
            everythingEnds();
        } finally {
            releasing.interrupt();
            fixture.store.plan(Plan.none());
            fixture.store.release();
        }
    }

    @Test
    void jobsAreRefusedWhileTheStoreTakesNothingAndGoOnAfterwards() throws Exception {
        Wish slow = fixture.wish(pool, "sleep", "[0.3]").tag("case", tag);
        promise(slow.submit(), JobState.SUCCEEDED, "0.3");
        promise(
                fixture.wish(pool, "echo", "[1]")
                        .tag("case", tag)
                        .delay(Duration.ofMillis(300))
                        .submit(),
                JobState.SUCCEEDED,
                "1");
        fixture.store.plan((call, number) -> call.equals("write") ? Fault.BEFORE : Fault.NONE);
        assertThatExceptionOfType(CallRefusedException.class)
                .isThrownBy(
                        () -> fixture.wish(pool, "echo", "[2]").tag("case", tag).submit())
                .matches(refused -> refused.error().type() == ProblemType.UNAVAILABLE);
        Eventually.within(SOON, () -> assertThat(fixture.engine.reachable()).isFalse());
        LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        assertThat(fixture.engine.reachable()).isFalse();
        assertThatExceptionOfType(CallRefusedException.class)
                .isThrownBy(
                        () -> fixture.wish(pool, "echo", "[2]").tag("case", tag).submit());
        fixture.store.plan(Plan.none());
        everythingEnds();
    }

    @Test
    void aRetryThatWasStoredThoughItsClientSawAFailureCounts(@TempDir Path own) throws Exception {
        DetachedSettings patient = DetachedFixture.settings(1_000, Duration.ofMinutes(1));
        try (DetachedFixture other = new DetachedFixture(own.resolve("jobs.db"), Clock.systemUTC(), patient)) {
            Pool calm = other.pool("calm", PoolKind.COROUTINE, 2);
            other.engine.takeUp(other.pools);
            UUID failed = other.wish(calm, "raise", "[\"no\"]").submit();
            other.ended(failed);
            calm.pause();
            assertThat(other.engine.outstanding()).isZero();
            other.store.plan(Plan.once("write", 0, Fault.AFTER));
            refused(() -> other.jobs.retry(failed));
            Eventually.within(SOON, () -> assertThat(other.engine.outstanding()).isEqualTo(1));
            assertThat(other.state(failed)).isEqualTo(JobState.QUEUED);
            assertThat(other.jobs.cancel(failed)).isNotNull();
            assertThat(other.engine.outstanding()).isZero();
        }
    }

    @Test
    void whateverNeedsTheStoreIsRefusedAtOnceWhileItTakesNothing(@TempDir Path own) throws Exception {
        // A caller that waits for the store would wait for a minute.
        DetachedSettings patient = DetachedFixture.settings(1_000, Duration.ofMinutes(1));
        try (DetachedFixture other = new DetachedFixture(own.resolve("jobs.db"), Clock.systemUTC(), patient)) {
            Pool calm = other.pool("calm", PoolKind.COROUTINE, 2);
            other.engine.open(other.pools);
            UUID late =
                    other.wish(calm, "echo", "[1]").delay(Duration.ofHours(1)).submit();
            UUID failed = other.wish(calm, "raise", "[\"no\"]").submit();
            other.ended(failed);
            other.store.plan((call, number) -> call.equals("write") ? Fault.BEFORE : Fault.NONE);
            refused(() -> other.jobs.cancel(late));
            Eventually.within(SOON, () -> assertThat(other.engine.reachable()).isFalse());

            long begin = System.nanoTime();
            refused(() -> other.jobs.cancel(late));
            refused(() -> other.jobs.cancelAll(new JobFilter(Set.of(), null, "calm", Map.of())));
            refused(() -> other.jobs.retry(failed));
            refused(() -> other.jobs.delete(failed));
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> other.engine.keptPools().save(Map.of()));
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);

            other.store.plan(Plan.none());
            Eventually.within(SOON, () -> assertThat(other.engine.reachable()).isTrue());
            assertThat(other.jobs.delete(failed)).isTrue();
            other.jobs.cancel(late);
            assertThat(other.engine.outstanding()).isZero();
        }
    }

    private static void refused(Step<?> step) {
        assertThatExceptionOfType(CallRefusedException.class)
                .isThrownBy(step::run)
                .matches(refused -> refused.error().type() == ProblemType.UNAVAILABLE);
    }

    @Test
    void aStoreThatHangsIsOutOfReachUntilItGoesOn() throws Exception {
        promise(fixture.wish(pool, "sleep", "[3]").tag("case", tag).submit(), JobState.SUCCEEDED, "3");
        fixture.store.plan((call, number) -> call.equals("write") ? Fault.HANGS : Fault.NONE);
        Eventually.within(SOON, () -> assertThat(fixture.engine.reachable()).isFalse());
        fixture.store.plan(Plan.none());
        fixture.store.release();
        everythingEnds();
    }

    /** Releases hanging calls once their callers have given up. */
    private static Thread releasing() {
        return fixture.store.releasing(STORE_TIMEOUT.plusMillis(50));
    }

    /** An operation that the store may refuse temporarily. */
    private interface Step<T extends @Nullable Object> {
        @Nullable
        T run() throws CallRefusedException, InterruptedException;
    }

    /** Retries until it is not refused. */
    @SuppressWarnings("NullAway") // null only where the step answers null
    private static <T extends @Nullable Object> T again(Step<T> step)
            throws CallRefusedException, InterruptedException {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (true) {
            try {
                return step.run();
            } catch (CallRefusedException refused) {
                if (refused.error().type() != ProblemType.UNAVAILABLE || System.nanoTime() > deadline) {
                    throw refused;
                }
                LockSupport.parkNanos(5_000_000);
            }
        }
    }

    private UUID submit(Wish wish, JobState state, @Nullable String value) throws Exception {
        UUID id = again(wish::submit);
        promise(id, state, value);
        return id;
    }

    private void promise(UUID id, JobState state, @Nullable String value) throws Exception {
        promised.put(id, state);
        if (value != null) {
            values.put(id, value);
        }
        waits.add(again(() -> fixture.jobs.await(id, SOON.multipliedBy(2), true)));
    }

    private Wish wish(String function, String args) {
        return fixture.wish(pool, function, args).tag("case", tag);
    }

    /** Performs every kind of operation on jobs. */
    private void work() throws Exception {
        UUID first = submit(wish("echo", "[\"a\"]"), JobState.SUCCEEDED, "\"a\"");
        submit(wish("echo", "[\"b\"]").delay(Duration.ofMillis(20)), JobState.SUCCEEDED, "\"b\"");
        submit(wish("raise", "[\"c\"]").retries(1, Duration.ofMillis(1)), JobState.FAILED, null);
        submit(wish("echo", ITEMS_JSON).map(ITEMS), JobState.SUCCEEDED, null);
        submit(wish("echo", "[1]").delay(Duration.ofHours(1)).expires(Duration.ofMillis(30)), JobState.EXPIRED, null);
        UUID cancelled = submit(wish("sleep", "[60]"), JobState.CANCELLED, null);
        UUID swept = submit(wish("sleep", "[61]").tag("swept", tag), JobState.CANCELLED, null);
        UUID late = submit(wish("echo", "[\"d\"]").delay(Duration.ofHours(1)), JobState.CANCELLED, null);
        again(() -> fixture.jobs.cancel(cancelled));
        again(() -> fixture.jobs.cancel(late));
        again(() -> fixture.jobs.cancelAll(new JobFilter(Set.of(), null, null, Map.of("swept", tag))));
        again(() -> fixture.jobs.output(first));
        assertThat(again(() -> fixture.find(swept)).job().state()).isEqualTo(JobState.CANCELLED);

        UUID retried = again(wish("echo", "[\"e\"]").delay(Duration.ofHours(1))::submit);
        again(() -> fixture.jobs.cancel(retried));
        retry(retried);
        promise(retried, JobState.SUCCEEDED, "\"e\"");

        UUID deleted = again(wish("echo", "[\"f\"]")::submit);
        again(() -> fixture.jobs.cancel(deleted));
        again(() -> fixture.jobs.delete(deleted));
        forgotten.add(deleted);
        submit(wish("echo", "[\"g\"]").retain(Duration.ZERO).tag("brief", tag), JobState.SUCCEEDED, "\"g\"");
    }

    /** It may have been done although it was refused; then the job has continued. */
    private static void retry(UUID id) throws Exception {
        again(() -> {
            try {
                return fixture.jobs.retry(id);
            } catch (CallRefusedException refused) {
                if (refused.error().type() == ProblemType.JOB_NOT_FAILED) {
                    return null;
                }
                throw refused;
            }
        });
    }

    private void everythingEnds() throws Exception {
        List<UUID> ids = List.copyOf(promised.keySet());
        for (int i = 0; i < ids.size(); i++) {
            UUID id = ids.get(i);
            long begin = System.nanoTime();
            try (JobWait wait = waits.get(i)) {
                JobView view = wait.await();
                assertThat(Duration.ofNanos(System.nanoTime() - begin))
                        .as("the end of %s is told", view)
                        .isLessThan(SOON);
                if (view == null) {
                    assertThat(values.get(id)).as("what is forgotten so early").isEqualTo("\"g\"");
                    continue;
                }
                assertThat(view.job().state()).as("%s", view).isEqualTo(promised.get(id));
                if (values.containsKey(id)) {
                    assertThat(String.valueOf(view.value())).isEqualTo(values.get(id));
                }
            }
        }
        Eventually.within(SOON, () -> {
            assertThat(fixture.engine.reachable()).isTrue();
            assertThat(fixture.engine.outstanding())
                    .as("jobs that have not ended")
                    .isZero();
            assertThat(fixture.engine.feed(pool).size()).as("runs in memory").isZero();
            Set<UUID> known = new HashSet<>();
            try {
                fixture.jobs
                        .list(new JobFilter(Set.of(), null, null, Map.of("case", tag)), null, 1_000)
                        .jobs()
                        .forEach(view -> known.add(view.job().id()));
            } catch (CallRefusedException refused) {
                throw new AssertionError(refused);
            }
            assertThat(promised.keySet()).as("jobs that were accepted").containsAll(known);
            assertThat(known).noneMatch(forgotten::contains);
        });
    }
}
