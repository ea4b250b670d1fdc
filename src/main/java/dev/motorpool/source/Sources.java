package dev.motorpool.source;

import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.function.signature.FunctionRegistry;
import dev.motorpool.function.signature.SchemaLibrary;
import dev.motorpool.pool.process.WorkerLink;
import dev.motorpool.runtime.SourceRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The functions that can be called: the built-in ones, and those of the sources of all runtimes. One thread loads
 * sources, when it is asked to and when files have changed, and swaps the registry.
 */
public final class Sources implements Supplier<FunctionRegistry>, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Sources.class);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** How long files must not have changed before they are loaded. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Of the time that the thread looks for changes, at most this part is spent looking. */
    private static final int SHARE = 20;

    private static final long END_MILLIS = 5_000;

    /** What can be called, and where it comes from. */
    private record Catalog(FunctionRegistry functions, List<Source> sources) {}

    private final List<FunctionDefinition> builtIn;
    private final List<RuntimeSources> runtimes;
    private final SourcePools pools;
    private final SourceEvents events;
    private final boolean watches;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("motorpool-sources").unstarted(this::live);
    private final CompletableFuture<Void> firstLoad = new CompletableFuture<>();

    /** Written by the thread. */
    private volatile Catalog catalog;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    /** Guarded by lock: those who wait for a reload. */
    private ArrayDeque<CompletableFuture<Void>> requests = new ArrayDeque<>();
    /** Guarded by lock. */
    private boolean closed;

    /** Owned by the thread: what was seen of a runtime's files. */
    private final Map<RuntimeSources, Seen> seen = new HashMap<>();

    private static final class Seen {
        String fingerprint = "";
        long since;

        @Nullable
        String loaded;
        /** What was logged last about files that cannot be read. */
        @Nullable
        String told;
    }

    /**
     * How sources are loaded.
     *
     * @param directory the functions directory; need not exist
     * @param copies a directory of the service's own, for copies of the sources
     * @param limit how long each source may take to load
     * @param watches whether changed files are loaded without being asked
     */
    public record Settings(Path directory, Path copies, Duration limit, boolean watches) {}

    /**
     * The sources of these runtimes; nothing is loaded before {@link #start}.
     *
     * @param builtIn functions that need no source
     * @param runtimes by their names, which are those of their folders
     * @param links start the processes that load sources first
     */
    public static Sources of(
            Settings settings,
            List<FunctionDefinition> builtIn,
            Map<String, SourceRuntime> runtimes,
            WorkerLink.Factory links,
            SourcePools pools,
            SourceEvents events,
            Clock clock) {
        Probe probe = new Probe(links, settings.limit());
        SchemaLibrary library = new JsonSchemaLibrary();
        List<RuntimeSources> all = new ArrayList<>();
        new TreeMap<>(runtimes).forEach((name, runtime) -> {
            Layout layout = Layout.valueOf(name.toUpperCase(Locale.ROOT));
            Path folder = settings.directory().toAbsolutePath().normalize().resolve(name);
            Path place = settings.copies().toAbsolutePath().resolve(name);
            SourceCopies copies = new SourceCopies(place);
            all.add(new RuntimeSources(
                    name,
                    layout,
                    folder,
                    runtime,
                    copies,
                    new GoodVersions(place.resolve("good")),
                    new SourceLoader(name, runtime, folder, copies, probe, library),
                    events,
                    clock));
        });
        return new Sources(builtIn, all, pools, events, settings.watches());
    }

    private Sources(
            List<FunctionDefinition> builtIn,
            List<RuntimeSources> runtimes,
            SourcePools pools,
            SourceEvents events,
            boolean watches) {
        this.builtIn = List.copyOf(builtIn);
        this.runtimes = List.copyOf(runtimes);
        this.pools = pools;
        this.events = events;
        this.watches = watches;
        this.catalog = new Catalog(FunctionRegistry.of(builtIn), List.of());
        runtimes.forEach(runtime -> seen.put(runtime, new Seen()));
    }

    public void start() {
        thread.start();
    }

    /** The functions that can be called now. */
    @Override
    public FunctionRegistry get() {
        return catalog.functions();
    }

    /** All sources, by runtime and name. */
    public List<Source> all() {
        return catalog.sources();
    }

    /** Waits until what lies in the directory at the start has been loaded. Returns false on timeout. */
    public boolean awaitFirstLoad(Duration timeout) throws InterruptedException {
        return await(firstLoad, timeout);
    }

    /** Loads what lies in the directory. Returns false if that has not ended in time; it goes on then. */
    public boolean reload(Duration timeout) throws InterruptedException {
        CompletableFuture<Void> request = new CompletableFuture<>();
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            requests.add(request);
            wake.signal();
        } finally {
            lock.unlock();
        }
        return await(request, timeout);
    }

    private static boolean await(CompletableFuture<Void> end, Duration timeout) throws InterruptedException {
        try {
            end.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException notYet) {
            return false;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void live() {
        try {
            load(true);
            firstLoad.complete(null);
            long pause = LOOK_NANOS;
            for (List<CompletableFuture<Void>> asked = take(pause); asked != null; asked = take(pause)) {
                long begun = System.nanoTime();
                load(!asked.isEmpty());
                asked.forEach(request -> request.complete(null));
                pause = Math.max(LOOK_NANOS, (System.nanoTime() - begun) * SHARE);
                pause = Math.min(pause, QUIET_NANOS);
            }
        } catch (InterruptedException stop) {
            LOG.debug("The loading of sources was stopped");
        } finally {
            firstLoad.complete(null);
            end();
        }
    }

    /** Waits for a request, or for the time to look at the files. Null once closed. */
    private @Nullable List<CompletableFuture<Void>> take(long pause) throws InterruptedException {
        lock.lock();
        try {
            long left = watches ? pause : Long.MAX_VALUE;
            while (requests.isEmpty() && !closed && left > 0) {
                left = wake.awaitNanos(left);
            }
            if (closed) {
                return null;
            }
            ArrayDeque<CompletableFuture<Void>> taken = requests;
            requests = new ArrayDeque<>();
            return List.copyOf(taken);
        } finally {
            lock.unlock();
        }
    }

    /** @param asked whether to load all; else only what has changed and is quiet */
    private void load(boolean asked) throws InterruptedException {
        for (RuntimeSources runtime : runtimes) {
            try {
                if (isDue(runtime, asked)) {
                    load(runtime, asked);
                }
                Objects.requireNonNull(seen.get(runtime)).told = null;
            } catch (IOException e) {
                tell(runtime, String.valueOf(e.getMessage()));
            } catch (RuntimeException defect) {
                LOG.atError()
                        .addKeyValue("runtime", runtime.name())
                        .setCause(defect)
                        .log("Sources cannot be loaded");
            }
        }
    }

    /** Says once why files cannot be read: they are tried again soon. */
    private void tell(RuntimeSources runtime, String why) {
        Seen last = Objects.requireNonNull(seen.get(runtime));
        if (!why.equals(last.told)) {
            last.told = why;
            LOG.atWarn()
                    .addKeyValue("runtime", runtime.name())
                    .log("The sources cannot be read and stay as they were: {}", why);
        }
    }

    private boolean isDue(RuntimeSources runtime, boolean asked) throws IOException {
        Seen last = Objects.requireNonNull(seen.get(runtime));
        String now = runtime.fingerprint();
        if (!now.equals(last.fingerprint)) {
            last.fingerprint = now;
            last.since = System.nanoTime();
        }
        if (!asked && (now.equals(last.loaded) || System.nanoTime() - last.since < QUIET_NANOS)) {
            return false;
        }
        if (now.isEmpty() && last.loaded == null) {
            return false; // there is no folder, and there was none
        }
        last.loaded = now;
        return true;
    }

    private void load(RuntimeSources runtime, boolean asked) throws IOException, InterruptedException {
        boolean changed;
        try {
            changed = runtime.load(name -> placeOf(name, runtime), asked);
        } catch (IOException changes) {
            Objects.requireNonNull(seen.get(runtime)).loaded = null; // it is tried again
            throw changes;
        }
        if (changed) {
            pools.provide(runtime.name());
            pools.renew(runtime.name());
        }
        List<FunctionDefinition> functions = new ArrayList<>(builtIn);
        List<Source> sources = new ArrayList<>();
        for (RuntimeSources each : runtimes) {
            functions.addAll(each.functions());
            sources.addAll(each.sources());
        }
        catalog = new Catalog(FunctionRegistry.of(functions), List.copyOf(sources));
        if (changed) {
            events.functionsChanged();
        }
    }

    private @Nullable String placeOf(String function, RuntimeSources asking) {
        if (builtIn.stream().anyMatch(each -> each.name().equals(function))) {
            return "the built-in functions";
        }
        for (RuntimeSources runtime : runtimes) {
            String place = runtime == asking ? null : runtime.placeOf(function);
            if (place != null) {
                return place;
            }
        }
        return null;
    }

    /** Nothing is loaded any more; nobody waits for it in vain. */
    private void end() {
        lock.lock();
        try {
            closed = true;
            requests.forEach(request -> request.complete(null));
            requests.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread, and the process that loads sources. Waits for them, but not long. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        try {
            thread.join(END_MILLIS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
