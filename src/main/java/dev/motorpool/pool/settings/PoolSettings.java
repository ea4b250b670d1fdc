package dev.motorpool.pool.settings;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a pool, from the configuration or {@code PUT /v1/pools/{name}}. All values are effective ones.
 *
 * @param size slots (worker processes for {@code process}), 1..1,000,000 for {@code coroutine}, otherwise 1..4,096
 * @param queueCapacity calls that may wait in memory, 0..10,000,000
 * @param defaultTimeout timeout of calls without one
 * @param maxTimeout upper limit of a call's timeout, and its default if there is no other
 * @param maxTasksPerChild calls after which a worker is replaced, at least 1
 * @param threadsPerWorker slots in each worker of a {@code process} pool, 1..1,024
 * @param memoryLimit resident bytes above which a worker is killed
 * @param initializer a call that each new worker runs first
 * @param idleTimeout time after which a worker without a call ends; workers then start when calls need them. Null: all
 *     workers start with the pool and stay
 * @param runtime how a worker is started: {@code java}, or a name from the configuration
 * @param sandbox what confines the workers; only of kind {@code process}
 * @param network whether confined workers have the network; true without a sandbox
 */
public record PoolSettings(
        PoolKind kind,
        int size,
        int queueCapacity,
        @Nullable Duration defaultTimeout,
        @Nullable Duration maxTimeout,
        @Nullable Integer maxTasksPerChild,
        int threadsPerWorker,
        @Nullable Long memoryLimit,
        @Nullable Initializer initializer,
        @Nullable Duration idleTimeout,
        String runtime,
        Sandbox sandbox,
        boolean network) {

    /** Settings without a sandbox. */
    public PoolSettings(
            PoolKind kind,
            int size,
            int queueCapacity,
            @Nullable Duration defaultTimeout,
            @Nullable Duration maxTimeout,
            @Nullable Integer maxTasksPerChild,
            int threadsPerWorker,
            @Nullable Long memoryLimit,
            @Nullable Initializer initializer,
            @Nullable Duration idleTimeout,
            String runtime) {
        this(
                kind,
                size,
                queueCapacity,
                defaultTimeout,
                maxTimeout,
                maxTasksPerChild,
                threadsPerWorker,
                memoryLimit,
                initializer,
                idleTimeout,
                runtime,
                Sandbox.NONE,
                true);
    }

    /** Calls that may run at once. */
    public int slots() {
        return kind == PoolKind.PROCESS ? size * threadsPerWorker : size;
    }

    /** How many worker processes the pool has when all are started. */
    public int workers() {
        return kind == PoolKind.PROCESS ? size : 1;
    }

    /** Whether workers start when calls need them, and end when they are idle. */
    public boolean onDemand() {
        return idleTimeout != null;
    }

    /** Whether each worker runs its calls one after another. */
    public boolean sequential() {
        return kind == PoolKind.PROCESS && threadsPerWorker == 1;
    }
}
