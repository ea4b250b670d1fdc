package dev.motorpool.app;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.app.settings.InvalidConfigurationException;
import dev.motorpool.app.settings.KeyEntries;
import dev.motorpool.app.settings.MotorpoolSettings;
import dev.motorpool.app.settings.PoolEntries;
import dev.motorpool.app.settings.TenantEntries;
import dev.motorpool.detached.DetachedEngine;
import dev.motorpool.detached.SteadyClock;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.function.builtin.Builtins;
import dev.motorpool.function.signature.FunctionRegistry;
import dev.motorpool.function.signature.UrlRule;
import dev.motorpool.http.route.ApiKey;
import dev.motorpool.log.DeliveryLog;
import dev.motorpool.log.JobLog;
import dev.motorpool.log.PoolLog;
import dev.motorpool.log.RejectionLog;
import dev.motorpool.metrics.DeliveryMetrics;
import dev.motorpool.metrics.EarlyEvents;
import dev.motorpool.metrics.JobMetrics;
import dev.motorpool.metrics.SourceMetrics;
import dev.motorpool.metrics.TenantMetrics;
import dev.motorpool.pool.EngineLimits;
import dev.motorpool.pool.PoolDirectory;
import dev.motorpool.pool.Pools;
import dev.motorpool.pool.TenantLimits;
import dev.motorpool.pool.settings.InvalidSettingException;
import dev.motorpool.pool.settings.PoolPatch;
import dev.motorpool.pool.settings.SettingRules;
import dev.motorpool.runtime.SourceRuntime;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.source.Source;
import dev.motorpool.source.SourceEvents;
import dev.motorpool.source.SourcePools;
import dev.motorpool.source.Sources;
import dev.motorpool.store.sqlite.SqliteJobStore;
import dev.motorpool.store.sqlite.StoreUnusableException;
import dev.motorpool.trace.LateSpans;
import dev.motorpool.webhook.DeliveryScheduler;
import dev.motorpool.webhook.Signers;
import dev.motorpool.webhook.WebhookClient;
import dev.motorpool.webhook.WebhookSettings;
import dev.motorpool.wire.FrameCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.util.unit.DataSize;

/**
 * The service without HTTP: data directory, functions, pools and detached jobs. Started before Spring creates the other
 * beans, so that workers warm up meanwhile. Closed by {@link GracefulShutdown} or, when the start fails, by the failing
 * step.
 */
final class Engine implements AutoCloseable {

    /** The store's file in the data directory. */
    static final String STORE = "motorpool.db";

    /** How long the start waits for sources: one that hangs must not hold the service back. */
    private static final Duration FIRST_LOAD = Duration.ofSeconds(5);

    final MotorpoolSettings settings;
    final List<ApiKey> keys;

    /** Limits by tenant name; tenants without limits are omitted. */
    final Map<String, TenantLimits> tenants;

    private final DataDirectory dataDirectory;
    final Sources functions;
    final SourceMetrics sourceMetrics;

    /** Names of the runtimes whose workers can only start once there are sources. */
    private final Set<String> languages;

    /** Names of the runtimes that are commands of the configuration. */
    final Set<String> commands;

    final UrlRule urls;
    final EarlyEvents events;
    private final PoolLog poolLog;
    final TenantMetrics tenantMetrics;
    final JobMetrics jobMetrics;
    private final JobLog jobLog;
    final RejectionLog rejectionLog = new RejectionLog();
    final Pools pools;
    final DetachedEngine detached;
    private final AddressGuard webhookGuard;
    final DeliveryMetrics deliveryMetrics;
    final DeliveryScheduler scheduler;
    final PoolDirectory directory;
    final LateSpans spans;

    private Engine(MotorpoolSettings settings, DataDirectory dataDirectory, JobStore store) {
        this.settings = settings;
        this.keys = KeyEntries.all(settings);
        this.tenants = TenantEntries.all(settings);
        this.dataDirectory = dataDirectory;
        this.urls = EgressPolicy.urls(settings);
        this.tenantMetrics = new TenantMetrics(TenantEntries.named(settings));
        this.events = new EarlyEvents(tenantMetrics);
        this.poolLog = new PoolLog(events);
        this.jobMetrics = new JobMetrics(tenantMetrics);
        this.spans = new LateSpans();
        this.jobLog = new JobLog(jobMetrics);
        EngineLimits standard = EngineLimits.DEFAULT;
        int largest = (int) Math.max(settings.http().bodyLimit().toBytes(), standard.value());
        EngineLimits limits = new EngineLimits(
                        largest + FrameCodec.FRAME_OVERHEAD, // the contents of every body fit into a frame
                        standard.value(),
                        settings.worker().startTimeout().value(),
                        standard.stop(),
                        standard.stuck(),
                        settings.worker().silence().value())
                .withRunning(TenantEntries.running(tenants));
        Spawner spawner = new Spawner();
        Map<String, WorkerRuntime> runtimes = Runtimes.all(settings, dataDirectory.path(), limits, spawner);
        Map<String, SourceRuntime> withSources = Runtimes.withSources(runtimes);
        this.languages = Runtimes.languages(runtimes);
        this.commands = Runtimes.commands(runtimes);
        Map<String, PoolPatch> ofRuntimes = PoolEntries.ofRuntimes(withSources.keySet());
        Map<String, PoolPatch> configured = PoolEntries.patches(settings, ofRuntimes);
        Map<String, PoolPatch> later = new HashMap<>(ofRuntimes);
        later.keySet().removeAll(settings.pools().keySet());
        configured.keySet().removeAll(later.keySet());
        SettingRules rules =
                new SettingRules(Runtime.getRuntime().availableProcessors(), runtimes.keySet(), this::registry, urls);
        this.webhookGuard = EgressPolicy.webhooks(settings);
        this.deliveryMetrics = new DeliveryMetrics();
        Signers signers = new WebhookSecrets(dataDirectory.path()).signers(settings.webhooks());
        // Nothing after this may fail: these have threads.
        this.pools = new Pools(runtimes, poolLog, limits, spans, spawner, dataDirectory.mark());
        this.detached = new DetachedEngine(
                store,
                settings.jobs().detached(tenants),
                name -> registry().find(name).isPresent(),
                Clock.systemUTC(),
                new SteadyClock(),
                () -> ThreadLocalRandom.current().nextDouble(),
                jobLog);
        WebhookSettings hooks = hooks(settings.webhooks());
        this.scheduler = new DeliveryScheduler(
                detached.deliveries(),
                new WebhookClient(webhookGuard, hooks),
                signers,
                hooks,
                new DeliveryLog(deliveryMetrics),
                Clock.systemUTC(),
                () -> ThreadLocalRandom.current().nextDouble(),
                spans);
        this.directory = new PoolDirectory(pools, detached.keptPools(), configured, later, rules);
        this.sourceMetrics = new SourceMetrics(withSources.keySet());
        this.functions = sources(withSources, new RuntimePools(pools, directory, later.keySet()));
    }

    private Sources sources(Map<String, SourceRuntime> runtimes, SourcePools sourcePools) {
        MotorpoolSettings.Functions section = settings.functions();
        return Sources.of(
                new Sources.Settings(
                        Path.of(section.directory()),
                        dataDirectory.path().resolve("sources"),
                        settings.worker().startTimeout().value(),
                        section.reload() == MotorpoolSettings.Functions.Reload.WATCH),
                Builtins.functions(settings.demoFunctions()).registry().all(),
                runtimes,
                pools::link,
                sourcePools,
                new SourceEvents() {
                    @Override
                    public void loaded(String runtime, boolean ready) {
                        sourceMetrics.loaded(runtime, ready);
                    }

                    @Override
                    public void functionsChanged() {
                        detached.functionsChanged();
                    }
                },
                Clock.systemUTC());
    }

    /** The functions that can be called now. */
    private FunctionRegistry registry() {
        return functions.get();
    }

    private static WebhookSettings hooks(MotorpoolSettings.Webhooks settings) {
        DataSize memory = settings.memory();
        long byHeap = Runtime.getRuntime().maxMemory() / 16;
        return new WebhookSettings(
                settings.connectTimeout().value(),
                settings.answerTimeout().value(),
                (int) settings.answerLimit().toBytes(),
                settings.concurrency(),
                settings.retain().value(),
                memory == null ? Math.min(byHeap, WebhookSettings.DEFAULT.memory()) : memory.toBytes());
    }

    /**
     * Locks the data directory and starts the pools; their workers start in the background.
     *
     * @throws InvalidConfigurationException if the configuration does not permit that
     */
    static Engine start(MotorpoolSettings settings) {
        DataDirectory dataDirectory = DataDirectory.open(Path.of(settings.dataDir()));
        JobStore store = null;
        try {
            store = openStore(dataDirectory.path());
            Engine engine = new Engine(settings, dataDirectory, store);
            try {
                engine.open();
                return engine;
            } catch (RuntimeException | Error e) {
                engine.functions.close();
                engine.pools.close();
                engine.scheduler.close();
                engine.detached.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            if (store != null) {
                store.close();
            }
            dataDirectory.close();
            throw e;
        }
    }

    private static JobStore openStore(Path dataDirectory) {
        try {
            return SqliteJobStore.open(dataDirectory.resolve(STORE));
        } catch (StoreUnusableException e) {
            throw new InvalidConfigurationException(String.valueOf(e.getMessage()), e.action());
        }
    }

    private void open() {
        pools.killEarlier();
        try {
            directory.open(languages);
            functions.start();
            boolean read = functions.awaitFirstLoad(FIRST_LOAD) == null; // else the reason is logged
            directory.openRest(
                    read && functions.all().stream().allMatch(source -> source.state() == Source.State.READY));
            detached.open(pools);
            scheduler.start();
        } catch (InvalidSettingException e) {
            throw new InvalidConfigurationException(
                    String.valueOf(e.getMessage()),
                    "Mend motorpool.pools" + e.pointer().replace('/', '.').replace('_', '-')
                            + "; or, if the pool was made over HTTP, start once with the configuration that it needs,"
                            + " and delete it.");
        } catch (IOException | StoreException e) {
            throw unreadable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InvalidConfigurationException("The start was interrupted.", "Start again.");
        }
    }

    private InvalidConfigurationException unreadable(Exception e) {
        return new InvalidConfigurationException(
                "What is kept in " + dataDirectory.path().resolve(STORE) + " cannot be read or written: "
                        + e.getMessage() + ".",
                "Make the directory and the files in it readable and writable, with room on their disk.");
    }

    /** The rule for webhook URLs, as far as it can be checked at a submission. */
    UrlRule webhookUrls() {
        return EgressPolicy.rule(webhookGuard);
    }

    /** Ends what still runs and releases the directory. Idempotent. */
    @Override
    public void close() {
        functions.close();
        pools.close();
        scheduler.close();
        detached.close();
        dataDirectory.close();
        poolLog.close();
        jobLog.close();
        rejectionLog.close();
    }
}
