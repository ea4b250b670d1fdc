package dev.motorpool.source;

import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.runtime.LoadedSources;
import dev.motorpool.runtime.SourceRuntime;
import dev.motorpool.source.SourceLoader.Fault;
import dev.motorpool.source.SourceLoader.Good;
import dev.motorpool.source.SourceLoader.TakenNames;
import dev.motorpool.source.SourceLoader.Trial;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sources of one runtime: what lies in its folder, what of it can be loaded, and the last good version of what
 * cannot. Used by one thread.
 */
final class RuntimeSources {

    /** In place of a source's name: the files that belong to no source. */
    static final String HELPERS = "_";

    /** How many generations of folders are kept. */
    private static final int FOLDERS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(RuntimeSources.class);

    private final String name;
    private final Layout layout;
    private final Path folder;
    private final SourceRuntime runtime;
    private final SourceCopies copies;
    private final GoodVersions goodVersions;
    private final SourceLoader loader;
    private final SourceEvents events;
    private final Clock clock;

    /** Versions that were good last, by name, with those of {@link #HELPERS}. */
    private Map<String, String> versions;

    private Map<String, Good> good = Map.of();
    private List<Source> sources = List.of();
    /** Faults of versions that must not be tried again with each change of another source, by NAME@VERSION@HELPERS. */
    private Map<String, Fault> deadly = Map.of();

    /** What workers load now, and before; those of the last changes may still import from there. */
    private final ArrayDeque<Path> folders = new ArrayDeque<>();

    private List<String> loadedNames = List.of();

    /** @param folder the author's folder; need not exist */
    RuntimeSources(
            String name,
            Layout layout,
            Path folder,
            SourceRuntime runtime,
            SourceCopies copies,
            GoodVersions goodVersions,
            SourceLoader loader,
            SourceEvents events,
            Clock clock) {
        this.name = name;
        this.layout = layout;
        this.folder = folder;
        this.runtime = runtime;
        this.copies = copies;
        this.goodVersions = goodVersions;
        this.loader = loader;
        this.events = events;
        this.clock = clock;
        this.versions = goodVersions.read();
    }

    /** What a load has changed. */
    enum Change {
        NONE,
        /** Workers have something else to load. */
        MADE,
        /** Nothing could be tried, for a reason that may pass; what can be called is as before. */
        TRY_AGAIN
    }

    String name() {
        return name;
    }

    List<Source> sources() {
        return sources;
    }

    /** Where the function of this name is, for people; null if this runtime does not have it. */
    @Nullable
    String placeOf(String function) {
        for (Map.Entry<String, Good> each : good.entrySet()) {
            if (each.getValue().functions().stream().anyMatch(it -> it.name().equals(function))) {
                return "source " + each.getKey() + " of runtime " + name;
            }
        }
        return null;
    }

    List<FunctionDefinition> functions() {
        return good.values().stream().flatMap(each -> each.functions().stream()).toList();
    }

    /** What changes with any change of the files. */
    String fingerprint() throws IOException {
        return FolderContents.fingerprint(folder);
    }

    /**
     * Loads what lies in the folder now.
     *
     * @param taken names of functions of other runtimes
     * @param all whether to try versions again that have ended their process
     * @param loading receives the sources as they are while new contents are tried, if there are any
     * @throws IOException if the folder cannot be read, changes meanwhile, or cannot be copied; all is as before then
     */
    Change load(TakenNames taken, boolean all, Consumer<List<Source>> loading)
            throws IOException, InterruptedException {
        FolderContents contents = FolderContents.read(folder, layout);
        Map<String, SourceFiles> found = new TreeMap<>();
        Map<String, Fault> objections = new TreeMap<>();
        Map<String, String> wanted = new TreeMap<>();
        for (SourceFiles source : contents.sources()) {
            SourceFiles other = found.putIfAbsent(source.name(), source);
            String objection = layout.objection(source.name());
            if (other != null) {
                objection = source.file() + " and " + other.file() + " have the same name. Rename one of them.";
            }
            if (objection != null) {
                objections.put(source.name(), new Fault(objection, null));
                wanted.remove(source.name());
            } else {
                copies.keep(folder, source);
                wanted.put(source.name(), source.version());
            }
        }
        String helpers = contents.helpersVersion();
        copies.keep(folder, new SourceFiles(HELPERS, "", contents.helpers(), helpers));
        if (found.isEmpty() && folders.isEmpty()) {
            sources = List.of();
            return Change.NONE;
        }
        Map<String, Fault> known = new TreeMap<>(objections);
        wanted.forEach((source, version) -> {
            Fault fault = all ? null : deadly.get(source + "@" + version + "@" + helpers);
            if (fault != null) {
                known.put(source, fault);
            }
        });
        if (contents.sources().stream().anyMatch(this::isNew)) {
            loading.accept(contents.sources().stream().map(this::whileLoading).toList());
        }
        Choice choice = choose(wanted, known, helpers, taken);
        if (choice.trial().unusable() != null) {
            showUnusable(contents, choice.trial().unusable());
            return Change.TRY_AGAIN;
        }
        Map<String, Fault> dead = new TreeMap<>();
        choice.faults().forEach((source, fault) -> {
            if (fault.deadly()) {
                dead.put(source + "@" + wanted.get(source) + "@" + helpers, fault);
            }
        });
        deadly = dead;
        Map<String, Fault> faults = new TreeMap<>(choice.faults());
        choice.trial().faults().forEach(faults::putIfAbsent);
        Map<String, String> now = new TreeMap<>(choice.versions());
        now.keySet().retainAll(choice.trial().good().keySet());
        now.put(HELPERS, choice.helpers());
        List<Source> shown = shown(contents, faults, choice, now);
        // A last good version that cannot be loaded today may be loaded tomorrow.
        versions.forEach((name, version) -> {
            if (found.containsKey(name)) {
                now.putIfAbsent(name, version);
            }
        });
        return use(choice, now, shown) ? Change.MADE : Change.NONE;
    }

    /**
     * The versions to use.
     *
     * @param faults of the newest versions that cannot be used
     */
    private record Choice(Map<String, String> versions, String helpers, Trial trial, Map<String, Fault> faults) {}

    /**
     * The newest versions, with the last good ones of those that fail; if other files have changed, too, the last good
     * versions of all.
     *
     * @param known faults of versions that are not tried
     */
    private Choice choose(Map<String, String> wanted, Map<String, Fault> known, String helpers, TakenNames taken)
            throws IOException, InterruptedException {
        Map<String, String> tried = new TreeMap<>(wanted);
        tried.keySet().removeAll(known.keySet());
        Trial newest = loader.attempt(tried, helpers, good.keySet(), taken);
        if (newest.unusable() != null) {
            return new Choice(Map.of(), helpers, newest, known);
        }
        Map<String, Fault> faults = new TreeMap<>(known);
        faults.putAll(newest.faults());
        Map<String, String> mixed = new TreeMap<>(wanted);
        mixed.keySet().removeAll(faults.keySet());
        boolean fallsBack = false;
        for (String failed : faults.keySet()) {
            String earlier = versions.get(failed);
            if (earlier != null && copies.has(failed, earlier)) {
                mixed.put(failed, earlier);
                fallsBack = true;
            }
        }
        if (!fallsBack) {
            return new Choice(mixed, helpers, newest, faults);
        }
        String earlierHelpers = versions.getOrDefault(HELPERS, helpers);
        if (earlierHelpers.equals(helpers) || !copies.has(HELPERS, earlierHelpers)) {
            return new Choice(mixed, helpers, loader.attempt(mixed, helpers, good.keySet(), taken), faults);
        }
        // An earlier version belongs to the files that it imported then, and there can be one version of these.
        Map<String, String> before = new TreeMap<>(versions);
        before.entrySet()
                .removeIf(each -> !(wanted.containsKey(each.getKey()) || faults.containsKey(each.getKey()))
                        || !copies.has(each.getKey(), each.getValue()));
        Map<String, Fault> all = new TreeMap<>(faults);
        for (String name : wanted.keySet()) {
            all.putIfAbsent(
                    name,
                    new Fault(
                            "It waits: with the other files of the folder as they are now, "
                                    + faults.keySet().iterator().next() + " cannot be loaded.",
                            null));
        }
        return new Choice(before, earlierHelpers, loader.attempt(before, earlierHelpers, good.keySet(), taken), all);
    }

    private boolean isNew(SourceFiles files) {
        Source before = before(files.name());
        return before == null || !before.version().equals(files.version());
    }

    private Source whileLoading(SourceFiles files) {
        Source before = before(files.name());
        if (before != null && !isNew(files)) {
            return before;
        }
        return new Source(
                files.name(),
                name,
                files.file(),
                files.version(),
                Source.State.LOADING,
                null,
                null,
                before == null ? List.of() : before.functions(),
                before == null ? null : before.loadedAt());
    }

    /** Nothing could be tried: all that is new is failed, and what was good serves on. */
    private void showUnusable(FolderContents contents, String reason) {
        List<Source> shown = new ArrayList<>();
        for (SourceFiles each : contents.sources()) {
            Good usable = good.get(each.name());
            Source before = before(each.name());
            Source source = new Source(
                    each.name(),
                    name,
                    each.file(),
                    each.version(),
                    Source.State.FAILED,
                    reason,
                    null,
                    usable == null ? List.of() : names(usable),
                    usable == null || before == null ? null : before.loadedAt());
            shown.add(source);
            tellIfNew(before, source, "");
        }
        sources = List.copyOf(shown);
    }

    private static List<String> names(Good usable) {
        return usable.functions().stream()
                .map(FunctionDefinition::name)
                .sorted()
                .toList();
    }

    private List<Source> shown(
            FolderContents contents, Map<String, Fault> faults, Choice choice, Map<String, String> now) {
        Instant moment = clock.instant();
        List<Source> shown = new ArrayList<>();
        for (SourceFiles each : contents.sources()) {
            Fault fault = faults.get(each.name());
            Good usable = choice.trial().good().get(each.name());
            Source before = before(each.name());
            String version = now.get(each.name());
            boolean same = version != null && version.equals(versions.get(each.name()));
            Instant since = same && before != null ? before.loadedAt() : moment;
            Source source = new Source(
                    each.name(),
                    name,
                    each.file(),
                    each.version(),
                    fault == null ? Source.State.READY : Source.State.FAILED,
                    fault != null ? fault.reason() : usable == null ? null : usable.warning(),
                    fault == null ? null : fault.traceback(),
                    usable == null ? List.of() : names(usable),
                    usable == null ? null : since);
            shown.add(source);
            tellIfNew(before, source, choice.trial().words());
        }
        return List.copyOf(shown);
    }

    private void tellIfNew(@Nullable Source before, Source source, String words) {
        if (before == null || !before.version().equals(source.version()) || before.state() != source.state()) {
            tell(source, words);
        }
    }

    private @Nullable Source before(String source) {
        return sources.stream()
                .filter(it -> it.name().equals(source))
                .findFirst()
                .orElse(null);
    }

    private void tell(Source source, String words) {
        boolean ready = source.state() == Source.State.READY;
        events.loaded(name, ready);
        String reason = source.reason() == null ? "" : ": " + source.reason();
        if (ready) {
            LOG.info(
                    "Loaded {} source {}, version {}, {} functions{}",
                    name,
                    source.file(),
                    source.version(),
                    source.functions().size(),
                    reason);
            if (!words.isBlank()) {
                LOG.debug("Printed while {} sources were loaded: {}", name, words.strip());
            }
        } else {
            LOG.warn("Cannot load {} source {}, version {}{}", name, source.file(), source.version(), reason);
        }
    }

    private boolean use(Choice choice, Map<String, String> now, List<Source> shown) throws IOException {
        Trial trial = choice.trial();
        List<String> names = trial.good().keySet().stream().sorted().toList();
        boolean changed = !trial.folder().equals(folders.peekFirst())
                || !names.equals(loadedNames)
                || !signatures(trial.good()).equals(signatures(good));
        if (!now.equals(versions)) {
            goodVersions.write(now);
        }
        // Nothing from here on can fail, so that all of this belongs together.
        versions = now;
        good = trial.good();
        sources = shown;
        if (changed) {
            runtime.use(new LoadedSources(trial.folder(), folder, names, trial.forks()));
            loadedNames = names;
            folders.remove(trial.folder());
            folders.addFirst(trial.folder());
            if (folders.size() > FOLDERS) {
                folders.removeLast();
            }
        }
        removeOld(now, trial.folder());
        return changed;
    }

    /** What the checks of arguments depend on. */
    private static List<String> signatures(Map<String, Good> good) {
        return good.values().stream()
                .flatMap(each -> each.functions().stream())
                .map(function -> function.name() + " " + function.parameters())
                .toList();
    }

    /** Copies that take up room are no reason to fail. */
    private void removeOld(Map<String, String> now, Path tried) {
        Set<String> kept = new HashSet<>();
        now.forEach((source, version) -> kept.add(source + "@" + version));
        Set<Path> wholes = new HashSet<>(folders);
        wholes.add(tried);
        try {
            copies.retain(kept, wholes);
        } catch (IOException e) {
            LOG.debug("Old copies of {} sources cannot be removed now", name, e);
        }
    }
}
