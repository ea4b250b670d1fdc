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
    /** The pause between two looks is this many times as long as a look, within limits. */
    private static final int SHARE = 20;

    /** When to try again what could not be tried. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final long END_MILLIS = 5_000;
    private static final String STOPPED = "The service is stopping.";

    /** What can be called, and where it comes from. */
    private record Catalog(FunctionRegistry functions, List<Source> sources) {}

    private final List<FunctionDefinition> builtIn;
    private final List<RuntimeSources> runtimes;
    private final SourcePools pools;
    private final SourceEvents events;
    private final boolean watches;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("motorpool-sources").unstarted(this::live);
    private final CompletableFuture<@Nullable String> firstLoad = new CompletableFuture<>();

    /** Written by the thread. */
    private volatile Catalog catalog;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    /** Guarded by lock: those who wait for a reload. */
    private ArrayDeque<CompletableFuture<@Nullable String>> requests = new ArrayDeque<>();
    /** Guarded by lock. */
    private boolean closed;

    /** Owned by the thread: what was seen of a runtime's files. */
    private final Map<RuntimeSources, Seen> seen = new HashMap<>();

    private static final class Seen {
        String fingerprint = "";
        long since;

        @Nullable
        String loaded;
        /** When to look at the files again. */
        long notBefore = System.nanoTime();
        /** Whether the runtime's pools have been made. */
        boolean provided;
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

    /**
     * Waits until what lies in the directory at the start has been loaded.
     *
     * @return why the files of some runtime could not be read, or that the time is over; else null
     */
    public @Nullable String awaitFirstLoad(Duration timeout) throws InterruptedException {
        return await(firstLoad, timeout);
    }

    /**
     * Loads what lies in the directory, and waits for that. It goes on if the time is over.
     *
     * @return as {@link #awaitFirstLoad}
     */
    public @Nullable String reload(Duration timeout) throws InterruptedException {
        CompletableFuture<@Nullable String> request = new CompletableFuture<>();
        lock.lock();
        try {
            if (closed) {
                return STOPPED;
            }
            requests.add(request);
            wake.signal();
        } finally {
            lock.unlock();
        }
        return await(request, timeout);
    }

    private static @Nullable String await(CompletableFuture<@Nullable String> end, Duration timeout)
            throws InterruptedException {
        try {
            return end.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException notYet) {
            return "The sources are still being loaded.";
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void live() {
        try {
            firstLoad.complete(load(true));
            long pause = LOOK_NANOS;
            for (List<CompletableFuture<@Nullable String>> asked = take(pause); asked != null; asked = take(pause)) {
                long begun = System.nanoTime();
                String fault = STOPPED;
                try {
                    fault = load(!asked.isEmpty());
                } finally {
                    for (CompletableFuture<@Nullable String> request : asked) {
                        request.complete(fault);
                    }
                }
                pause = Math.max(LOOK_NANOS, (System.nanoTime() - begun) * SHARE);
                pause = Math.min(pause, QUIET_NANOS);
            }
        } catch (InterruptedException stop) {
            LOG.debug("The loading of sources was stopped");
        } finally {
            firstLoad.complete(STOPPED);
            end();
        }
    }

    /** Waits for a request, or for the time to look at the files. Null once closed. */
    private @Nullable List<CompletableFuture<@Nullable String>> take(long pause) throws InterruptedException {
        lock.lock();
        try {
            long left = watches ? pause : Long.MAX_VALUE;
            while (requests.isEmpty() && !closed && left > 0) {
                left = wake.awaitNanos(left);
            }
            if (closed) {
                return null;
            }
            ArrayDeque<CompletableFuture<@Nullable String>> taken = requests;
            requests = new ArrayDeque<>();
            return List.copyOf(taken);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Loads sources.
     *
     * @param asked whether to load all; else only what has changed and is quiet
     * @return why the files of some runtime could not be read; null if all could
     */
    private @Nullable String load(boolean asked) throws InterruptedException {
        String fault = null;
        for (RuntimeSources runtime : runtimes) {
            Seen last = Objects.requireNonNull(seen.get(runtime));
            try {
                if (isDue(runtime, last, asked)) {
                    load(runtime, last, asked);
                    last.told = null;
                }
            } catch (IOException | RuntimeException | Error e) {
                // Not even an Error, as of a thread that cannot be started, may end the one thread that loads.
                String why = e.getMessage() == null ? e.toString() : e.getMessage();
                tell(runtime, last, why);
                tryAgain(last);
                fault = "The " + runtime.name() + " sources cannot be read: " + why;
            }
        }
        return fault;
    }

    private static void tryAgain(Seen last) {
        last.loaded = null;
        last.notBefore = System.nanoTime() + AGAIN_NANOS;
    }

    /** Says once why files cannot be read. */
    private static void tell(RuntimeSources runtime, Seen last, String why) {
        if (!why.equals(last.told)) {
            last.told = why;
            LOG.atWarn()
                    .addKeyValue("runtime", runtime.name())
                    .log("The sources cannot be read and stay as they were: {}", why);
        }
    }

    private static boolean isDue(RuntimeSources runtime, Seen last, boolean asked) throws IOException {
        long now = System.nanoTime();
        if (!asked && last.notBefore - now > 0) {
            return false;
        }
        String fingerprint = runtime.fingerprint();
        if (!fingerprint.equals(last.fingerprint)) {
            last.fingerprint = fingerprint;
            last.since = now;
        }
        if (!asked && (fingerprint.equals(last.loaded) || now - last.since < QUIET_NANOS)) {
            return false;
        }
        if (fingerprint.isEmpty() && last.loaded == null) {
            return false; // there is no folder, and there was none
        }
        last.loaded = fingerprint;
        return true;
    }

    private void load(RuntimeSources runtime, Seen last, boolean asked) throws IOException, InterruptedException {
        RuntimeSources.Change change;
        try {
            change = runtime.load(
                    name -> placeOf(name, runtime),
                    asked,
                    loading -> catalog = new Catalog(catalog.functions(), sources(runtime, loading)));
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            catalog = new Catalog(catalog.functions(), sources(runtime, runtime.sources()));
            throw e;
        }
        if (change == RuntimeSources.Change.TRY_AGAIN) {
            tryAgain(last);
        }
        if (change == RuntimeSources.Change.MADE) {
            if (!last.provided) {
                pools.provide(runtime.name());
                last.provided = true;
            }
            pools.renew(runtime.name());
        }
        List<FunctionDefinition> functions = new ArrayList<>(builtIn);
        runtimes.forEach(each -> functions.addAll(each.functions()));
        catalog = new Catalog(FunctionRegistry.of(functions), sources(runtime, runtime.sources()));
        if (change == RuntimeSources.Change.MADE) {
            events.functionsChanged();
        }
    }

    /** All sources, with these of one runtime. */
    private List<Source> sources(RuntimeSources runtime, List<Source> its) {
        return runtimes.stream()
                .flatMap(each -> (each == runtime ? its : each.sources()).stream())
                .toList();
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
            requests.forEach(request -> request.complete(STOPPED));
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
