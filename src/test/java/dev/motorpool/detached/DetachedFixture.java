package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.wait.JobWait;
import dev.motorpool.function.builtin.Builtins;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.function.signature.FunctionRegistry;
import dev.motorpool.job.Callbacks;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.JobState;
import dev.motorpool.job.request.AsyncCall;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.waited.AdmissionSwitch;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.EngineLimits;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolEvents;
import dev.motorpool.pool.Pools;
import dev.motorpool.pool.RefusedException;
import dev.motorpool.pool.Tenant;
import dev.motorpool.pool.TenantLimits;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.store.sqlite.SqliteJobStore;
import dev.motorpool.store.sqlite.StoreUnusableException;
import dev.motorpool.testing.RealWorkers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Detached jobs on a SQLite store with optional faults, and pools with real workers. */
public final class DetachedFixture implements AutoCloseable {

    public static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final FunctionRegistry FUNCTIONS = Builtins.functions(true).registry();

    public final FaultyStore store;
    public final Pools pools;
    public final DetachedEngine engine;
    public final DetachedJobs jobs;

    private final Clock clock;

    public DetachedFixture(Path file, Clock clock, DetachedSettings settings) {
        this(file, clock, clock, settings, name -> FUNCTIONS.find(name).isPresent());
    }

    /**
     * @param steady a clock that is not set when the other one is
     * @param functions which functions there are
     */
    public DetachedFixture(
            Path file, Clock clock, Clock steady, DetachedSettings settings, Predicate<String> functions) {
        this(file, clock, steady, settings, functions, RealWorkers.java());
    }

    /** @param runtime of the workers of all pools */
    DetachedFixture(
            Path file,
            Clock clock,
            Clock steady,
            DetachedSettings settings,
            Predicate<String> functions,
            WorkerRuntime runtime) {
        this.clock = clock;
        this.store = new FaultyStore(open(file), FaultyStore.Plan.none());
        this.pools = new Pools(
                Map.of("java", runtime), new PoolEvents() {}, EngineLimits.DEFAULT.withRunning(running(settings)));
        this.engine = new DetachedEngine(store, settings, functions, clock, steady, () -> 0.5, new NoListener());
        this.jobs = new DetachedJobs(engine, new AdmissionSwitch(), new JobIds(clock, engine.newestJob()), clock);
    }

    private static Map<String, Integer> running(DetachedSettings settings) {
        return settings.tenants().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().running()));
    }

    private static SqliteJobStore open(Path file) {
        try {
            return SqliteJobStore.open(file);
        } catch (StoreUnusableException e) {
            throw new AssertionError(e);
        }
    }

    /** The usual settings, except these. */
    static DetachedSettings settings(long backlog, Duration storeTimeout) {
        DetachedSettings usual = DetachedSettings.DEFAULT;
        return new DetachedSettings(
                backlog, storeTimeout, usual.deaths(), usual.memory(), usual.diskReserve(), usual.tenants());
    }

    /** The usual settings, except these. */
    static DetachedSettings settings(long memory, Map<String, TenantLimits> tenants) {
        DetachedSettings usual = DetachedSettings.DEFAULT;
        return new DetachedSettings(
                usual.backlog(), usual.storeTimeout(), usual.deaths(), memory, usual.diskReserve(), tenants);
    }

    public Pool pool(String name, PoolKind kind, int size) {
        try {
            return pools.put(name, new PoolSettings(kind, size, 10_000, null, null, null, 1, null, null, null, "java"))
                    .pool();
        } catch (RefusedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** A call with its options. */
    public final class Wish {
        private final Pool pool;
        private final FunctionDefinition function;
        private final String args;
        private @Nullable Duration expires;
        private int priority;
        private Map<String, String> tags = Map.of();
        private int retries;
        private Duration retryDelay = Duration.ZERO;
        private @Nullable Duration delay;
        private @Nullable Instant startAt;
        private Duration retain = Duration.ofDays(1);
        private JobSpec.@Nullable MapShape map;
        private Callbacks callbacks = Callbacks.NONE;
        private Tenant tenant = Tenant.DEFAULT;

        private Wish(Pool pool, String function, String args) {
            this.pool = pool;
            this.function = FUNCTIONS.find(function).orElseThrow();
            this.args = args;
        }

        public Wish expires(Duration time) {
            expires = time;
            return this;
        }

        Wish priority(int value) {
            priority = value;
            return this;
        }

        public Wish tag(String name, String value) {
            tags = Map.of(name, value);
            return this;
        }

        public Wish retries(int count, Duration firstDelay) {
            retries = count;
            retryDelay = firstDelay;
            return this;
        }

        public Wish delay(@Nullable Duration time) {
            delay = time;
            return this;
        }

        public Wish startAt(Instant time) {
            startAt = time;
            return this;
        }

        public Wish retain(Duration time) {
            retain = time;
            return this;
        }

        Wish callbacks(String callback, String errorCallback) {
            callbacks = new Callbacks(callback, errorCallback);
            return this;
        }

        public Wish map(int count) {
            return map(count, 3, false);
        }

        Wish map(int count, int chunksize, boolean collect) {
            map = new JobSpec.MapShape(count, chunksize, collect);
            return this;
        }

        Wish tenant(Tenant whose) {
            tenant = whose;
            return this;
        }

        AsyncCall call() {
            Instant now = clock.instant();
            JobSpec spec = new JobSpec(
                    map == null ? "apply_async" : "map_async",
                    function.name(),
                    pool.name(),
                    null,
                    expires,
                    priority,
                    tags,
                    retries,
                    retryDelay,
                    retain,
                    map,
                    callbacks);
            return new AsyncCall(spec, pool, RawJson.of(args), RawJson.EMPTY_OBJECT, delay, startAt, now);
        }

        public UUID submit() throws CallRefusedException, InterruptedException {
            return jobs.submit(tenant, call(), null, null).job().job().id();
        }
    }

    public Wish wish(Pool pool, String function, String args) {
        return new Wish(pool, function, args);
    }

    public JobView find(UUID id) throws CallRefusedException {
        return Objects.requireNonNull(jobs.find(id, true));
    }

    public JobState state(UUID id) throws CallRefusedException {
        return find(id).job().state();
    }

    /** Waits for the job to end; returns it. */
    public JobView ended(UUID id) throws CallRefusedException, InterruptedException {
        try (JobWait wait = jobs.await(id, PATIENCE, true)) {
            JobView end = Objects.requireNonNull(wait.await());
            assertThat(end.job().state().isFinal()).as("%s", end).isTrue();
            return end;
        }
    }

    @Override
    public void close() {
        engine.stop();
        pools.close();
        engine.close();
    }
}
