package dev.motorpool.pool.settings;

import dev.motorpool.function.signature.ArgumentFault;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.function.signature.FunctionRegistry;
import dev.motorpool.function.signature.Origin;
import dev.motorpool.function.signature.UrlRule;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Ranges and defaults of a pool's settings; the same for configuration, API and file. */
public final class SettingRules {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int LARGEST = 4_096;
    private static final int LARGEST_COROUTINE = 1_000_000;
    /** The longest duration in settings and in calls: ten years. */
    public static final long LONGEST_SECONDS = 315_360_000;

    private static final long LEAST_MEMORY = 1 << 20;

    private final int processors;
    private final Set<String> runtimes;
    private final Supplier<FunctionRegistry> functions;
    private final UrlRule urls;

    /**
     * @param processors basis of the default sizes
     * @param runtimes names of the ways to start a worker
     * @param functions those that an initializer may call now
     * @param urls decides on URLs among an initializer's arguments
     */
    public SettingRules(int processors, Set<String> runtimes, Supplier<FunctionRegistry> functions, UrlRule urls) {
        this.processors = processors;
        this.runtimes = Set.copyOf(runtimes);
        this.functions = functions;
        this.urls = urls;
    }

    /** Checks a name, which is used in paths, worker ids, labels and files. */
    public static void checkName(String name) throws InvalidSettingException {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidSettingException(
                    "name",
                    "The name of a pool has 1 to 64 letters, digits, '.', '_' or '-', a letter or digit first.");
        }
    }

    /** The settings of a pool of this kind: those given, and the defaults of the others. */
    public PoolSettings settings(PoolKind kind, Map<PoolSetting, @Nullable Object> given)
            throws InvalidSettingException {
        return settings(kind, given, true);
    }

    /**
     * As {@link #settings(PoolKind, Map)}, at the start of the service, when functions from files are not known yet: the
     * start of a worker shows whether its initializer can be called.
     */
    public PoolSettings settingsAtStart(PoolKind kind, Map<PoolSetting, @Nullable Object> given)
            throws InvalidSettingException {
        return settings(kind, given, false);
    }

    private PoolSettings settings(PoolKind kind, Map<PoolSetting, @Nullable Object> given, boolean loaded)
            throws InvalidSettingException {
        Values values = new Values(given);
        int largest = kind == PoolKind.COROUTINE ? LARGEST_COROUTINE : LARGEST;
        int size = values.integer(PoolSetting.SIZE, Math.min(defaultSize(kind), largest), 1, largest);
        int queueCapacity = values.integer(PoolSetting.QUEUE_CAPACITY, 10_000, 0, 10_000_000);
        Duration defaultTimeout = values.duration(PoolSetting.DEFAULT_TIMEOUT);
        Duration maxTimeout = values.duration(PoolSetting.MAX_TIMEOUT);
        if (defaultTimeout != null && maxTimeout != null && defaultTimeout.compareTo(maxTimeout) > 0) {
            throw invalid(PoolSetting.DEFAULT_TIMEOUT, "must not be above max_timeout");
        }
        int threads = values.integer(PoolSetting.THREADS_PER_WORKER, 1, 1, 1_024);
        if (threads > 1 && kind != PoolKind.PROCESS) {
            throw invalid(
                    PoolSetting.THREADS_PER_WORKER,
                    "is for pools of kind process; in a " + kind.word() + " pool size says how many slots there are");
        }
        Integer maxTasks = null;
        if (values.has(PoolSetting.MAX_TASKS_PER_CHILD)) {
            maxTasks = values.integer(PoolSetting.MAX_TASKS_PER_CHILD, 1, 1, Integer.MAX_VALUE);
        }
        Long memoryLimit = (Long) values.get(PoolSetting.MEMORY_LIMIT);
        if (memoryLimit != null && memoryLimit < LEAST_MEMORY) {
            throw invalid(PoolSetting.MEMORY_LIMIT, "must be at least " + LEAST_MEMORY + " bytes");
        }
        Object runtime = values.get(PoolSetting.RUNTIME);
        String runtimeName = runtime == null ? "java" : (String) runtime;
        if (!runtimes.contains(runtimeName)) {
            throw invalid(
                    PoolSetting.RUNTIME,
                    "must be one of " + new TreeSet<>(runtimes) + "; others have to be defined in the configuration");
        }
        Sandbox sandbox = values.get(PoolSetting.SANDBOX) instanceof Sandbox chosen ? chosen : Sandbox.NONE;
        if (sandbox != Sandbox.NONE && kind != PoolKind.PROCESS) {
            throw invalid(PoolSetting.SANDBOX, "is for pools of kind process; others have sandbox none");
        }
        boolean network = !Boolean.FALSE.equals(values.get(PoolSetting.NETWORK));
        if (!network && sandbox == Sandbox.NONE) {
            throw invalid(
                    PoolSetting.NETWORK,
                    "can be false only with sandbox bubblewrap, in pools of kind process; without a sandbox nothing"
                            + " would keep the workers from the network");
        }
        Initializer initializer = (Initializer) values.get(PoolSetting.INITIALIZER);
        if (initializer != null && (loaded || knows(initializer))) {
            check(initializer, runtimeName);
        }
        return new PoolSettings(
                kind,
                size,
                queueCapacity,
                defaultTimeout,
                maxTimeout,
                maxTasks,
                threads,
                memoryLimit,
                initializer,
                values.duration(PoolSetting.IDLE_TIMEOUT),
                runtimeName,
                sandbox,
                network);
    }

    /** Whether there is a function that the initializer calls, with whatever arguments. */
    public boolean knows(Initializer initializer) {
        return functions.get().find(initializer.function()).isPresent();
    }

    private int defaultSize(PoolKind kind) {
        return switch (kind) {
            case PROCESS -> processors;
            case THREAD -> 8 * processors;
            case COROUTINE -> 10_000;
        };
    }

    private void check(Initializer initializer, String runtime) throws InvalidSettingException {
        String pointer = "/" + PoolSetting.INITIALIZER.word();
        FunctionDefinition function =
                functions.get().find(initializer.function()).orElse(null);
        if (function == null) {
            throw new InvalidSettingException(
                    pointer + "/function", "There is no function of the name " + initializer.function() + ".");
        }
        String needed = function.origin().runtime();
        if (!needed.equals(Origin.JAVA) && !needed.equals(runtime)) {
            throw new InvalidSettingException(
                    pointer + "/function",
                    initializer.function() + " is a function of runtime " + needed + ", not of " + runtime + ".");
        }
        ArgumentFault fault = function.check(initializer.args(), initializer.kwargs(), urls);
        if (fault != null) {
            throw new InvalidSettingException(pointer + fault.pointer(), fault.detail());
        }
    }

    private static InvalidSettingException invalid(PoolSetting setting, String rest) {
        return new InvalidSettingException("/" + setting.word(), setting.word() + " " + rest + ".");
    }

    /** The given values with their types; null for those not given. */
    private record Values(Map<PoolSetting, @Nullable Object> given) {

        boolean has(PoolSetting setting) {
            return given.get(setting) != null;
        }

        @Nullable
        Object get(PoolSetting setting) {
            return given.get(setting);
        }

        int integer(PoolSetting setting, int standard, int least, int most) throws InvalidSettingException {
            Integer value = (Integer) given.get(setting);
            if (value == null) {
                return standard;
            }
            if (value < least || value > most) {
                throw invalid(setting, "must be from " + least + " to " + most);
            }
            return value;
        }

        @Nullable
        Duration duration(PoolSetting setting) throws InvalidSettingException {
            Duration value = (Duration) given.get(setting);
            if (value != null && (!value.isPositive() || value.compareTo(Duration.ofSeconds(LONGEST_SECONDS)) > 0)) {
                throw invalid(setting, "must be above 0 and at most " + LONGEST_SECONDS + " seconds");
            }
            return value;
        }
    }
}
