package dev.motorpool.app;

import dev.motorpool.detached.DetachedSettings;
import dev.motorpool.pool.PoolKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The configuration under {@code motorpool.*}.
 *
 * @param dataDir what outlives the service, and what it makes for itself; never shared by two services
 * @param pools pools by name, over the shipped ones
 * @param runtimes commands that start workers, by name; {@code java} is built in
 * @param demoFunctions whether the functions that misbehave on purpose can be called
 */
record MotorpoolSettings(
        @DefaultValue("./data") String dataDir,
        @DefaultValue Map<String, PoolEntry> pools,
        @DefaultValue DefaultPool defaultPool,
        @DefaultValue Map<String, Runtime> runtimes,
        @DefaultValue("false") boolean demoFunctions,
        @DefaultValue Jobs jobs,
        @DefaultValue Http http,
        @DefaultValue Shutdown shutdown,
        @DefaultValue Worker worker,
        @DefaultValue Fetch fetch) {

    /** Settings of one pool; what is left out has the default of the kind. */
    record PoolEntry(
            @Nullable PoolKind kind,
            @Nullable Integer size,
            @Nullable Integer queueCapacity,
            @Nullable Seconds defaultTimeout,
            @Nullable Seconds maxTimeout,
            @Nullable Integer maxTasksPerChild,
            @Nullable Integer threadsPerWorker,
            @Nullable DataSize memoryLimit,
            @Nullable InitializerEntry initializer,
            @Nullable String runtime) {}

    /** The arguments are JSON text. */
    record InitializerEntry(
            @Nullable String function,
            @DefaultValue("[]") String args,
            @DefaultValue("{}") String kwargs) {}

    /** Where calls go that name no pool, by what their function spends its time on. */
    record DefaultPool(
            @DefaultValue("processes") String cpu,
            @DefaultValue("threads") String io) {}

    /** @param command program and arguments of a worker that speaks the protocol on descriptors 3 and 4 */
    record Runtime(@DefaultValue List<String> command) {}

    /**
     * @param backlog jobs that may not have ended at once
     * @param storeTimeout how long a client waits for the store before it is told that it is out of reach
     */
    record Jobs(
            @DefaultValue("10000000") long backlog,
            @DefaultValue("10") Seconds storeTimeout) {

        Jobs {
            if (backlog < 1) {
                throw new InvalidConfigurationException(
                        "motorpool.jobs.backlog is " + backlog + ", which is no room for a single job.",
                        "Set it to 1 or more.");
            }
            storeTimeout.positive("motorpool.jobs.store-timeout");
        }

        DetachedSettings detached() {
            return new DetachedSettings(backlog, storeTimeout.value(), DetachedSettings.DEFAULT.interruptions());
        }
    }

    /**
     * @param allowedHosts names besides localhost that a request may be addressed to
     * @param bodyLimit bytes of one body
     * @param bodyBudget bytes of all bodies that are held at once; null: by the size of the heap
     * @param bodyTimeout time a client has to send its body
     * @param answerBudget bytes of all larger answers that are held until their clients have read them; null: by the
     *     size of the heap
     * @param answerTimeout time a client has to read such an answer
     * @param streamIdle time that a stream's client may send nothing, or take nothing of what is written to it
     */
    record Http(
            @DefaultValue List<String> allowedHosts,
            @DefaultValue("16MB") DataSize bodyLimit,
            @Nullable DataSize bodyBudget,
            @DefaultValue("30") Seconds bodyTimeout,
            @Nullable DataSize answerBudget,
            @DefaultValue("60") Seconds answerTimeout,
            @DefaultValue("600") Seconds streamIdle) {

        private static final long MOST = DataSize.ofMegabytes(256).toBytes();

        /** Room for one value of the greatest length. */
        private static final DataSize LEAST_ANSWERS = DataSize.ofMegabytes(17);

        Http {
            if (bodyLimit.toBytes() < 1 || bodyLimit.toBytes() > MOST) {
                throw new InvalidConfigurationException(
                        "motorpool.http.body-limit is " + bodyLimit + ", which is not from 1B to 256MB.",
                        "Choose a limit in that range.");
            }
            if (bodyBudget != null && bodyBudget.compareTo(bodyLimit) < 0) {
                throw new InvalidConfigurationException(
                        "motorpool.http.body-budget is " + bodyBudget + ", less than one body may have"
                                + " (motorpool.http.body-limit is " + bodyLimit + ").",
                        "Raise the budget or lower the limit.");
            }
            bodyTimeout.positive("motorpool.http.body-timeout");
            if (answerBudget != null && answerBudget.compareTo(LEAST_ANSWERS) < 0) {
                throw new InvalidConfigurationException(
                        "motorpool.http.answer-budget is " + answerBudget + ", less than one answer may have.",
                        "Give it at least " + LEAST_ANSWERS.toMegabytes() + "MB.");
            }
            answerTimeout.positive("motorpool.http.answer-timeout");
            streamIdle.positive("motorpool.http.stream-idle");
        }
    }

    /**
     * @param refuse how long new calls are answered 503 before anything else happens
     * @param grace how long running calls may go on
     */
    record Shutdown(
            @DefaultValue("0.5") Seconds refuse,
            @DefaultValue("30") Seconds grace) {}

    /**
     * @param maxHeap of a Java worker; null: by its shape
     * @param startTimeout time a new worker has to say hello
     * @param javaHome JDK of the workers; null: the service's own
     * @param prepared folder with the workers' program and AOT cache as a service before has made them in its data
     *     directory; it is only read. null: they are made in the data directory
     */
    record Worker(
            @Nullable DataSize maxHeap,
            @DefaultValue("20") Seconds startTimeout,
            @Nullable String javaHome,
            @Nullable String prepared) {

        Worker {
            startTimeout.positive("motorpool.worker.start-timeout");
        }
    }

    /**
     * @param allow networks in CIDR form that {@code fetch} may reach besides the global ones
     * @param limit bytes of a page
     * @param timeout for one page
     */
    record Fetch(
            @DefaultValue List<String> allow,
            @DefaultValue("16MB") DataSize limit,
            @DefaultValue("30") Seconds timeout) {

        Fetch {
            timeout.positive("motorpool.fetch.timeout");
        }
    }
}
