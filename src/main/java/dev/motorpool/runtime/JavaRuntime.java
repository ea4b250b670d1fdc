package dev.motorpool.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The built-in workers: the small worker jar on a JVM that starts from an AOT cache. */
public final class JavaRuntime implements WorkerRuntime {

    /** Files in which workers keep what is known of their functions: without, and with those that misbehave. */
    static final List<String> INDEXES = List.of("functions.json", "functions-demo.json");

    private final JavaWorkerSettings settings;
    private final Spawner spawner;
    private final WorkerLaunch launch = WorkerLaunch.ofSystem();

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}; null until the first command. */
    private @Nullable WorkerFolder folder;

    /** @param spawner starts the process that makes the AOT cache */
    public JavaRuntime(JavaWorkerSettings settings, Spawner spawner) {
        this.settings = settings;
        this.spawner = spawner;
    }

    @Override
    public WorkerCommand command(WorkerShape shape) throws InterruptedException {
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
        return launch.command(command, Map.of());
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
                            settings.dataDirectory().toAbsolutePath().resolve("worker"), java(), launch, spawner);
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
