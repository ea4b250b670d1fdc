package dev.motorpool.app.settings;

import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.http.problem.Right;
import dev.motorpool.pool.TenantLimits;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.Sandbox;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The configuration under {@code motorpool.*}.
 *
 * @param dataDir directory of the service's data; never shared by two services
 * @param pools pools by name, which override the shipped ones
 * @param runtimes commands that start workers, by name; {@code java} is built in
 * @param security API keys
 * @param tenants limits of tenants by their names
 * @param functions where functions are loaded from
 * @param demoFunctions whether the functions that misbehave on purpose can be called
 */
public record MotorpoolSettings(
        @DefaultValue("./data") String dataDir,
        @DefaultValue Map<String, PoolEntry> pools,
        @DefaultValue DefaultPool defaultPool,
        @DefaultValue Map<String, Runtime> runtimes,
        @DefaultValue Functions functions,
        @DefaultValue("false") boolean demoFunctions,
        @DefaultValue Security security,
        @DefaultValue Map<String, TenantEntry> tenants,
        @DefaultValue Jobs jobs,
        @DefaultValue HttpSection http,
        @DefaultValue Shutdown shutdown,
        @DefaultValue Worker worker,
        @DefaultValue Fetch fetch,
        @DefaultValue Webhooks webhooks) {

    private static final DataSize NO_SIZE = DataSize.ofBytes(0);

    /** Settings of one pool; absent ones have the default of the kind. */
    public record PoolEntry(
            @Nullable PoolKind kind,
            @Nullable Integer size,
            @Nullable Integer queueCapacity,
            @Nullable DurationSetting defaultTimeout,
            @Nullable DurationSetting maxTimeout,
            @Nullable Integer maxTasksPerChild,
            @Nullable Integer threadsPerWorker,
            @Nullable DataSize memoryLimit,
            @Nullable InitializerEntry initializer,
            @Nullable DurationSetting idleTimeout,
            @Nullable String runtime,
            @Nullable Sandbox sandbox,
            @Nullable Boolean network) {}

    /** The arguments are JSON text. */
    public record InitializerEntry(
            @Nullable String function,
            @DefaultValue("[]") String args,
            @DefaultValue("{}") String kwargs) {}

    /** The default pools, by what a function spends its time on. */
    public record DefaultPool(
            @DefaultValue("processes") String cpu,
            @DefaultValue("threads") String io) {}

    /**
     * A configured runtime.
     *
     * @param command program and arguments of a worker that speaks the protocol on descriptors 3 and 4
     * @param interpreter of a language whose functions are loaded from the functions directory; null: it is looked for
     * @param launcher program and arguments that start each worker, whose command follows them
     * @param startMethod how the workers of {@code python} start; null: by {@code fork}
     */
    public record Runtime(
            @DefaultValue List<String> command,
            @Nullable String interpreter,
            @DefaultValue List<String> launcher,
            @Nullable StartMethod startMethod) {

        /** How workers of kind process start. */
        public enum StartMethod {
            /** From a template that has imported the sources, where the system and the sources permit it. */
            FORK,
            /** Each by itself. */
            SPAWN
        }
    }

    /**
     * The functions directory.
     *
     * @param directory has a folder for each runtime; need not exist
     * @param reload when changed files are loaded
     */
    public record Functions(
            @DefaultValue("./functions") String directory,
            @DefaultValue("watch") Reload reload) {

        /** When changed files are loaded. */
        public enum Reload {
            /** Soon after they have changed. */
            WATCH,
            /** When a client asks for it. */
            MANUAL
        }
    }

    /**
     * The API keys.
     *
     * @param keys API keys by name; without any, the service accepts local connections only
     */
    public record Security(@DefaultValue Map<String, KeyEntry> keys) {}

    /**
     * An API key.
     *
     * @param sha256 hash of the key in hexadecimal; several while it is being replaced
     * @param rights rights of its holder
     * @param tenant owner of the jobs that it creates; {@code *} sees the jobs of all tenants
     */
    public record KeyEntry(
            @DefaultValue List<String> sha256,
            @DefaultValue List<Right> rights,
            @DefaultValue("default") String tenant) {}

    /**
     * The limits of one tenant. An absent limit means no limit.
     *
     * @param requests requests in progress at once, of all its keys together
     * @param streams those of them whose answers are streams
     * @param waits those of them that wait for something that continues without them
     * @param jobs detached jobs that have not ended
     * @param bytes stored bytes of its jobs and deliveries
     * @param running calls that run at once in each pool
     */
    public record TenantEntry(
            @Nullable Integer requests,
            @Nullable Integer streams,
            @Nullable Integer waits,
            @Nullable Integer jobs,
            @Nullable DataSize bytes,
            @Nullable Integer running) {}

    /**
     * Limits of background jobs and their store.
     *
     * @param backlog most jobs that have not ended
     * @param storeTimeout how long a client waits for the store before it is answered that the store is unreachable
     * @param memory bytes of jobs in memory; null: by the size of the heap
     * @param diskReserve bytes of the disk that are kept for the ends of jobs
     */
    public record Jobs(
            @DefaultValue("10000000") long backlog,
            @DefaultValue("10") DurationSetting storeTimeout,
            @Nullable DataSize memory,
            @DefaultValue("128MB") DataSize diskReserve) {

        private static final DataSize LEAST_MEMORY = DataSize.ofMegabytes(8);

        public Jobs {
            Range.atLeast("motorpool.jobs.backlog", backlog, 1L, "which is no room for a single one");
            storeTimeout.positive("motorpool.jobs.store-timeout");
            Range.atLeast("motorpool.jobs.memory", memory, LEAST_MEMORY, "which is too little to start jobs quickly");
            Range.atLeast("motorpool.jobs.disk-reserve", diskReserve, NO_SIZE, "which is less than no reserve");
        }

        public DetachedSettings detached(Map<String, TenantLimits> tenants) {
            return new DetachedSettings(
                    backlog,
                    storeTimeout.value(),
                    DetachedSettings.DEFAULT.deaths(),
                    memory == null ? DetachedSettings.DEFAULT.memory() : memory.toBytes(),
                    diskReserve.toBytes(),
                    tenants);
        }
    }

    /**
     * The steps of a graceful shutdown.
     *
     * @param refuse how long new calls are answered 503 before the next step
     * @param grace how long running calls may continue
     */
    public record Shutdown(
            @DefaultValue("0.5") DurationSetting refuse,
            @DefaultValue("30") DurationSetting grace) {}

    /**
     * Worker processes.
     *
     * @param maxHeap of a Java worker; null: by its shape
     * @param startTimeout time a new worker has to say hello
     * @param silence time after which an unresponsive worker is replaced
     * @param javaHome JDK of the workers; null: the service's own
     * @param prepared folder with the workers' program and AOT cache as an earlier service has created them in its data
     *     directory; read-only. null: they are created in the data directory
     */
    public record Worker(
            @Nullable DataSize maxHeap,
            @DefaultValue("20") DurationSetting startTimeout,
            @DefaultValue("30") DurationSetting silence,
            @Nullable String javaHome,
            @Nullable String prepared) {

        public Worker {
            startTimeout.positive("motorpool.worker.start-timeout");
            silence.positive("motorpool.worker.silence");
        }
    }

    /**
     * The built-in function {@code fetch}.
     *
     * @param allow networks in CIDR form that {@code fetch} may reach besides the global ones
     * @param limit bytes of a page
     * @param timeout for one page
     */
    public record Fetch(
            @DefaultValue List<String> allow,
            @DefaultValue("16MB") DataSize limit,
            @DefaultValue("30") DurationSetting timeout) {

        public Fetch {
            timeout.positive("motorpool.fetch.timeout");
        }
    }

    /**
     * Deliveries of webhooks.
     *
     * @param secrets that sign webhooks, the newest first; none: the service generates one
     * @param receivers secrets of single receivers, by an arbitrary name
     * @param allow networks in CIDR form that webhooks may reach besides the global ones
     * @param connectTimeout for a connection to a receiver
     * @param answerTimeout for a whole attempt
     * @param answerLimit bytes of an answer that are read
     * @param concurrency concurrent attempts to one receiver
     * @param retain retention of a delivery that has ended
     * @param memory bytes of deliveries that wait in memory; null: by the size of the heap
     */
    public record Webhooks(
            @DefaultValue List<String> secrets,
            @DefaultValue Map<String, ReceiverEntry> receivers,
            @DefaultValue List<String> allow,
            @DefaultValue("5") DurationSetting connectTimeout,
            @DefaultValue("15") DurationSetting answerTimeout,
            @DefaultValue("64KB") DataSize answerLimit,
            @DefaultValue("16") int concurrency,
            @DefaultValue("86400") DurationSetting retain,
            @Nullable DataSize memory) {

        private static final int MOST_AT_ONCE = 256;
        private static final DataSize LEAST_MEMORY = DataSize.ofMegabytes(1);

        public Webhooks {
            connectTimeout.positive("motorpool.webhooks.connect-timeout");
            answerTimeout.positive("motorpool.webhooks.answer-timeout");
            Range.within("motorpool.webhooks.concurrency", concurrency, 1, MOST_AT_ONCE);
            Range.within("motorpool.webhooks.answer-limit", answerLimit, NO_SIZE, HttpSection.MOST_SIZE);
            Range.atLeast(
                    "motorpool.webhooks.memory", memory, LEAST_MEMORY, "which is too little to send anything quickly");
        }

        /**
         * The secrets of one receiver.
         *
         * @param origin scheme, host and port, such as {@code https://example.com}
         */
        public record ReceiverEntry(
                @Nullable String origin, @DefaultValue List<String> secrets) {}
    }
}
