package dev.motorpool.app.settings;

import dev.motorpool.app.settings.MotorpoolSettings.InitializerEntry;
import dev.motorpool.app.settings.MotorpoolSettings.PoolEntry;
import dev.motorpool.function.signature.Origin;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.pool.settings.Initializer;
import dev.motorpool.pool.settings.InvalidSettingException;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolPatch;
import dev.motorpool.pool.settings.PoolPatchJson;
import dev.motorpool.pool.settings.PoolSetting;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** The configured pools: the shipped ones, overridden by {@code motorpool.pools.*}. */
public final class PoolEntries {

    private static final Map<String, PoolKind> SHIPPED =
            Map.of("processes", PoolKind.PROCESS, "threads", PoolKind.THREAD, "coroutines", PoolKind.COROUTINE);

    /** How long a worker of a runtime with sources may be idle. */
    private static final Duration IDLE = Duration.ofMinutes(5);

    private PoolEntries() {}

    /** The pools that each of these runtimes has once it has sources, by their names. */
    public static Map<String, PoolPatch> ofRuntimes(Set<String> runtimes) {
        Map<String, PoolPatch> patches = new LinkedHashMap<>();
        for (String runtime : runtimes) {
            if (runtime.equals(Origin.JAVA)) {
                continue; // plug-ins run in the shipped pools
            }
            patches.put(runtime, ofRuntime(runtime, PoolKind.PROCESS));
            if (runtime.equals(Origin.PROGRAMS)) {
                continue;
            }
            patches.put(runtime + "-threads", ofRuntime(runtime, PoolKind.THREAD));
            patches.put(runtime + "-coroutines", ofRuntime(runtime, PoolKind.COROUTINE));
        }
        return patches;
    }

    private static PoolPatch ofRuntime(String runtime, PoolKind kind) {
        return new PoolPatch(kind, Map.of(PoolSetting.RUNTIME, runtime, PoolSetting.IDLE_TIMEOUT, IDLE));
    }

    /**
     * The pools of the configuration.
     *
     * @param ofRuntimes those of runtimes with sources, which the configuration can change
     */
    public static Map<String, PoolPatch> patches(MotorpoolSettings settings, Map<String, PoolPatch> ofRuntimes) {
        Map<String, PoolPatch> patches = new LinkedHashMap<>(ofRuntimes);
        SHIPPED.forEach((name, kind) -> patches.put(name, new PoolPatch(kind, Map.of())));
        settings.pools().forEach((name, entry) -> patches.put(name, patch(name, entry, patches.get(name))));
        require(patches, "motorpool.default-pool.cpu", settings.defaultPool().cpu());
        require(patches, "motorpool.default-pool.io", settings.defaultPool().io());
        return patches;
    }

    private static void require(Map<String, PoolPatch> patches, String key, String name) {
        if (!patches.containsKey(name)) {
            throw new InvalidConfigurationException(
                    key + " is " + name + ", and no pool of that name is configured.",
                    "Name one of " + new TreeSet<>(patches.keySet()) + ", or define motorpool.pools." + name + ".");
        }
    }

    private static PoolPatch patch(String name, PoolEntry entry, @Nullable PoolPatch shipped) {
        PoolKind kind = entry.kind() != null || shipped == null ? entry.kind() : shipped.kind();
        if (kind == null) {
            throw new InvalidConfigurationException(
                    "motorpool.pools." + name + ".kind is missing.", "Set it to process, thread or coroutine.");
        }
        Map<PoolSetting, @Nullable Object> given = new EnumMap<>(PoolSetting.class);
        put(given, PoolSetting.SIZE, entry.size());
        put(given, PoolSetting.QUEUE_CAPACITY, entry.queueCapacity());
        put(given, PoolSetting.DEFAULT_TIMEOUT, duration(entry.defaultTimeout()));
        put(given, PoolSetting.MAX_TIMEOUT, duration(entry.maxTimeout()));
        put(given, PoolSetting.MAX_TASKS_PER_CHILD, entry.maxTasksPerChild());
        put(given, PoolSetting.THREADS_PER_WORKER, entry.threadsPerWorker());
        DataSize memory = entry.memoryLimit();
        put(given, PoolSetting.MEMORY_LIMIT, memory == null ? null : memory.toBytes());
        put(given, PoolSetting.INITIALIZER, initializer(name, entry.initializer()));
        put(given, PoolSetting.IDLE_TIMEOUT, duration(entry.idleTimeout()));
        put(given, PoolSetting.RUNTIME, entry.runtime());
        put(given, PoolSetting.SANDBOX, entry.sandbox());
        put(given, PoolSetting.NETWORK, entry.network());
        PoolPatch patch = new PoolPatch(kind, given);
        return shipped == null || shipped.kind() != kind ? patch : shipped.with(patch);
    }

    private static void put(Map<PoolSetting, @Nullable Object> given, PoolSetting setting, @Nullable Object value) {
        if (value != null) {
            given.put(setting, value);
        }
    }

    private static @Nullable Duration duration(@Nullable DurationSetting durationSetting) {
        return durationSetting == null ? null : durationSetting.value();
    }

    private static @Nullable Initializer initializer(String pool, @Nullable InitializerEntry entry) {
        if (entry == null) {
            return null;
        }
        String key = "motorpool.pools." + pool + ".initializer";
        if (entry.function() == null) {
            throw new InvalidConfigurationException(
                    key + ".function is missing.", "Name the function that each new worker runs first.");
        }
        try {
            return PoolPatchJson.initializer(entry.function(), entry.args(), entry.kwargs());
        } catch (MalformedJsonException e) {
            throw new InvalidConfigurationException(
                    key + ": args or kwargs is not JSON: " + e.getMessage(),
                    "Write args as a JSON array and kwargs as a JSON object, each as one text.");
        } catch (InvalidSettingException e) {
            throw new InvalidConfigurationException(
                    key + ": " + e.getMessage(), "Write args as a JSON array and kwargs as a JSON object.");
        }
    }
}
