package dev.motorpool.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The built-in workers: the small worker jar on a JVM that starts from an AOT cache. They load plug-ins, or run programs. */
public final class JavaRuntime implements SourceRuntime {

    /** Files in which workers keep what is known of their functions: without, and with those that misbehave. */
    static final List<String> INDEXES = List.of("functions.json", "functions-demo.json");

    private final String name;
    private final JavaWorkerSettings settings;
    private final Spawner spawner;
    private final WorkerLaunch launch;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}; null until the first command. */
    private @Nullable WorkerFolder folder;

    /** What workers load; null until there was a source. Written by the one thread that loads. */
    private volatile @Nullable LoadedSources sources;

    /** Workers that are never confined. */
    public JavaRuntime(String name, JavaWorkerSettings settings, Spawner spawner) {
        this(name, settings, spawner, WorkerLaunch.ofSystem());
    }

    /**
     * @param name {@code java} for plug-ins, or {@code programs}
     * @param spawner starts the process that makes the AOT cache
     */
    public JavaRuntime(String name, JavaWorkerSettings settings, Spawner spawner, WorkerLaunch launch) {
        this.name = name;
        this.settings = settings;
        this.spawner = spawner;
        this.launch = launch;
    }

    @Override
    public WorkerCommand probe(LoadedSources probed) throws InterruptedException {
        Map<String, String> variables = new HashMap<>(variables(probed));
        variables.put("MOTORPOOL_ROLE", "probe");
        return command(new WorkerShape(1, false), variables, List.of());
    }

    @Override
    public void use(LoadedSources loaded) {
        sources = loaded;
    }

    @Override
    public WorkerCommand command(WorkerShape shape) throws InterruptedException {
        LoadedSources loaded = sources;
        return loaded == null
                ? command(shape, Map.of(), List.of())
                : command(shape, variables(loaded), List.of(loaded.folder()));
    }

    private Map<String, String> variables(LoadedSources loaded) {
        Map<String, String> variables = new HashMap<>(loaded.variables());
        variables.put("MOTORPOOL_RUNTIME", name);
        return variables;
    }

    private WorkerCommand command(WorkerShape shape, Map<String, String> variables, List<Path> loaded)
            throws InterruptedException {
        WorkerFolder home = folder();
        List<String> command = new ArrayList<>();
        command.add(java().toString());
        command.addAll(JvmFlags.COMMON);
        command.addAll(JvmFlags.of(shape, settings.maxHeap()));
        Path cache = home.cache();
        if (cache != null) {
            command.add("-XX:AOTCache=" + cache);
        }
        settings.properties().forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(program(home.jar(), settings.demoFunctions()));
        command.add("--slots=" + shape.slots());
        if (shape.virtual()) {
            command.add("--virtual");
        }
        command.add("--value-limit=" + settings.valueLimit());
        command.add("--frame-limit=" + settings.frameLimit());
        List<Path> needed = new ArrayList<>(loaded);
        needed.add(settings.javaHome());
        needed.add(home.folder());
        return launch.command(command, variables, shape.isolation(), needed);
    }

    private Path java() {
        return settings.javaHome().toAbsolutePath().resolve("bin/java");
    }

    /** The worker's program: its classes, and beside them the file that saves it from reading annotations. */
    static List<String> program(Path jar, boolean demoFunctions) {
        String index = INDEXES.get(demoFunctions ? 1 : 0);
        List<String> program = new ArrayList<>(List.of("-cp", jar.toString(), "dev.motorpool.worker.WorkerMain"));
        program.add("--index=" + jar.resolveSibling(index));
        if (demoFunctions) {
            program.add("--demo-functions");
        }
        return program;
    }

    /** The jar and, if it can be had, the cache; made by whoever asks first, while the others wait. */
    private WorkerFolder folder() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            WorkerFolder made = folder;
            if (made == null || !made.isThere()) {
                AcceptedOrders.removeForgotten();
                Path prepared = settings.prepared();
                made = prepared == null ? null : WorkerFolder.prepared(prepared.toAbsolutePath(), java());
                if (made == null) {
                    made = WorkerFolder.in(
                            settings.dataDirectory().toAbsolutePath().resolve("worker"),
                            java(),
                            WorkerLaunch.ofSystem(),
                            spawner);
                }
                folder = made;
            }
            return made;
        } catch (IOException cannot) {
            throw new UncheckedIOException("cannot lay out the worker's jar: " + cannot.getMessage(), cannot);
        } finally {
            lock.unlock();
        }
    }
}
