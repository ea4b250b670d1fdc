package dev.motorpool.pool.settings;

import java.time.Duration;
import java.util.Locale;

/** The settings of a pool besides its kind. */
public enum PoolSetting {
    SIZE(Integer.class),
    QUEUE_CAPACITY(Integer.class),
    DEFAULT_TIMEOUT(Duration.class),
    MAX_TIMEOUT(Duration.class),
    MAX_TASKS_PER_CHILD(Integer.class),
    THREADS_PER_WORKER(Integer.class),
    MEMORY_LIMIT(Long.class),
    INITIALIZER(Initializer.class),
    IDLE_TIMEOUT(Duration.class),
    RUNTIME(String.class),
    SANDBOX(Sandbox.class),
    NETWORK(Boolean.class);

    private final String word = name().toLowerCase(Locale.ROOT);
    private final Class<?> type;

    PoolSetting(Class<?> type) {
        this.type = type;
    }

    /** The name in the API and in files. */
    public String word() {
        return word;
    }

    /** The class of its values. */
    public Class<?> type() {
        return type;
    }
}
