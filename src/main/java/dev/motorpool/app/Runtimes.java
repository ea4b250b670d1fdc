package dev.motorpool.app;

import dev.motorpool.address.Network;
import dev.motorpool.app.settings.InvalidConfigurationException;
import dev.motorpool.app.settings.MotorpoolSettings;
import dev.motorpool.function.signature.Origin;
import dev.motorpool.pool.EngineLimits;
import dev.motorpool.runtime.Bubblewrap;
import dev.motorpool.runtime.CommandRuntime;
import dev.motorpool.runtime.InterpreterRuntime;
import dev.motorpool.runtime.JavaRuntime;
import dev.motorpool.runtime.JavaWorkerSettings;
import dev.motorpool.runtime.Language;
import dev.motorpool.runtime.SourceRuntime;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.runtime.WorkerLaunch;
import dev.motorpool.runtime.WorkerRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.util.unit.DataSize;

/** The worker runtimes: {@code java}, {@code programs}, the languages, and the configured commands. */
final class Runtimes {

    /** Runtimes that need no interpreter; only their launcher can be configured. */
    private static final List<String> BUILT_IN = List.of(Origin.JAVA, Origin.PROGRAMS);

    private static final MotorpoolSettings.Runtime UNSET =
            new MotorpoolSettings.Runtime(List.of(), null, List.of(), null);

    private Runtimes() {}

    static Map<String, WorkerRuntime> all(
            MotorpoolSettings settings, Path dataDirectory, EngineLimits limits, Spawner spawner) {
        Map<String, WorkerRuntime> runtimes = new HashMap<>();
        JavaWorkerSettings java = java(settings, dataDirectory, limits);
        WorkerLaunch launch = WorkerLaunch.ofSystem()
                .in(new Bubblewrap(dataDirectory, Path.of(settings.functions().directory()), spawner));
        for (String builtIn : BUILT_IN) {
            runtimes.put(builtIn, new JavaRuntime(builtIn, java, spawner, launch.through(launcher(settings, builtIn))));
        }
        settings.runtimes().forEach((name, runtime) -> {
            String key = "motorpool.runtimes." + name;
            if (BUILT_IN.contains(name)) {
                if (!runtime.command().isEmpty() || runtime.interpreter() != null || runtime.startMethod() != null) {
                    throw new InvalidConfigurationException(
                            key + " is built in.",
                            "Give the runtime another name; of a built-in one only the launcher can be set.");
                }
                return;
            }
            if (runtime.startMethod() != null
                    && (!name.equals(Language.PYTHON.word())
                            || !runtime.command().isEmpty())) {
                throw new InvalidConfigurationException(
                        key + ".start-method is only for the workers of " + Language.PYTHON.word()
                                + " that load the functions directory.",
                        "Take it out.");
            }
            if (runtime.command().isEmpty() && isLanguage(name) && !runtime.equals(UNSET)) {
                return; // it has no command of its own
            }
            if (runtime.command().isEmpty()) {
                throw new InvalidConfigurationException(
                        key + ".command is missing.", "Set it to the program and its arguments, as a list.");
            }
            runtimes.put(
                    name, new CommandRuntime(runtime.command(), limits.frame(), launch.through(runtime.launcher())));
        });
        for (Language language : Language.values()) {
            MotorpoolSettings.Runtime configured = settings.runtimes().get(language.word());
            runtimes.putIfAbsent(
                    language.word(),
                    new InterpreterRuntime(
                            language,
                            new InterpreterRuntime.Settings(
                                    configured == null ? null : configured.interpreter(),
                                    configured == null
                                            || configured.startMethod() != MotorpoolSettings.Runtime.StartMethod.SPAWN,
                                    dataDirectory,
                                    limits.frame(),
                                    limits.value()),
                            spawner,
                            launch.through(launcher(settings, language.word()))));
        }
        return runtimes;
    }

    private static List<String> launcher(MotorpoolSettings settings, String runtime) {
        MotorpoolSettings.Runtime configured = settings.runtimes().get(runtime);
        return configured == null ? List.of() : configured.launcher();
    }

    private static boolean isLanguage(String name) {
        return Arrays.stream(Language.values())
                .anyMatch(language -> language.word().equals(name));
    }

    /** Those of these runtimes whose workers load sources. */
    static Map<String, SourceRuntime> withSources(Map<String, WorkerRuntime> runtimes) {
        Map<String, SourceRuntime> some = new HashMap<>();
        runtimes.forEach((name, runtime) -> {
            if (runtime instanceof SourceRuntime withSources) {
                some.put(name, withSources);
            }
        });
        return some;
    }

    /** The names of the runtimes that are commands. */
    static Set<String> commands(Map<String, WorkerRuntime> runtimes) {
        return names(runtimes, CommandRuntime.class);
    }

    /** The names of the runtimes whose workers have no functions but those of sources. */
    static Set<String> languages(Map<String, WorkerRuntime> runtimes) {
        return names(runtimes, InterpreterRuntime.class);
    }

    private static Set<String> names(Map<String, WorkerRuntime> runtimes, Class<? extends WorkerRuntime> type) {
        return runtimes.entrySet().stream()
                .filter(each -> type.isInstance(each.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static JavaWorkerSettings java(MotorpoolSettings settings, Path dataDirectory, EngineLimits limits) {
        MotorpoolSettings.Worker worker = settings.worker();
        String configured = worker.javaHome();
        Path home = Path.of(configured == null ? System.getProperty("java.home") : configured);
        if (!Files.isExecutable(home.resolve("bin/java"))) {
            throw new InvalidConfigurationException(
                    "motorpool.worker.java-home is " + home + ", and there is no bin/java in it.",
                    "Name the directory of a JDK or JRE 25, or leave it out to use the service's own.");
        }
        DataSize maxHeap = worker.maxHeap();
        MotorpoolSettings.Fetch fetch = settings.fetch();
        String allow =
                EgressPolicy.networks(settings).stream().map(Network::toString).collect(Collectors.joining(","));
        String prepared = worker.prepared();
        return new JavaWorkerSettings(
                dataDirectory,
                prepared == null ? null : Path.of(prepared),
                home,
                maxHeap == null ? null : maxHeap.toBytes(),
                limits.value(),
                limits.frame(),
                settings.demoFunctions(),
                Map.of(
                        EgressPolicy.ALLOW,
                        allow,
                        "motorpool.fetch.limit",
                        Long.toString(fetch.limit().toBytes()),
                        "motorpool.fetch.timeout",
                        Double.toString(fetch.timeout().value().toNanos() / 1e9)));
    }
}
