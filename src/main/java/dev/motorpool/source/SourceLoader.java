package dev.motorpool.source;

import dev.motorpool.function.signature.AnnouncedFunction;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.function.signature.SchemaLibrary;
import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import dev.motorpool.runtime.LoadedSources;
import dev.motorpool.runtime.SourceRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tries versions of the sources of one runtime in probes, until all that remain can be loaded together. Used by one
 * thread.
 */
final class SourceLoader {

    private final String runtimeName;
    private final SourceRuntime runtime;
    private final Path place;
    private final SourceCopies copies;
    private final Probe probe;
    private final SchemaLibrary library;

    /** @param place the author's folder */
    SourceLoader(
            String runtimeName,
            SourceRuntime runtime,
            Path place,
            SourceCopies copies,
            Probe probe,
            SchemaLibrary library) {
        this.runtimeName = runtimeName;
        this.runtime = runtime;
        this.place = place;
        this.copies = copies;
        this.probe = probe;
        this.library = library;
    }

    /** Tells who has a function's name already, as the place to show; null if nobody has. */
    @FunctionalInterface
    interface TakenNames {
        @Nullable
        String by(String function);
    }

    /**
     * Why a source cannot be used.
     *
     * @param reason a sentence
     * @param traceback as the language tells it, or null
     * @param deadly whether the source ended the process, or had to be ended
     */
    record Fault(String reason, @Nullable String traceback, boolean deadly) {
        Fault(String reason, @Nullable String traceback) {
            this(reason, traceback, false);
        }
    }

    /**
     * A source that can be used.
     *
     * @param warning of its worker, or null
     */
    record Good(
            List<FunctionDefinition> functions, @Nullable String warning) {}

    /**
     * The end of a trial.
     *
     * @param folder what was loaded
     * @param words the end of what was printed while the sources were loaded
     * @param forks whether a process that has loaded them may be able to fork
     * @param unusable why nothing could be tried, which is no fault of a source; else null
     */
    record Trial(
            Path folder,
            Map<String, Good> good,
            Map<String, Fault> faults,
            String words,
            boolean forks,
            @Nullable String unusable) {}

    /**
     * Loads these versions of sources, without those that fail.
     *
     * @param versions by the names of the sources, each with a copy
     * @param helpers version of the files that belong to no source, with a copy
     * @param first names of sources that are loaded before the others: of two functions of a name the first stays
     */
    Trial attempt(Map<String, String> versions, String helpers, Set<String> first, TakenNames taken)
            throws IOException, InterruptedException {
        TreeSet<String> composed = new TreeSet<>();
        versions.forEach((name, version) -> composed.add(name + "@" + version));
        composed.add(RuntimeSources.HELPERS + "@" + helpers);
        Path folder = copies.compose(composed);
        Set<String> names = new LinkedHashSet<>(new TreeSet<>(versions.keySet()));
        names.retainAll(first);
        names.addAll(new TreeSet<>(versions.keySet()));
        Map<String, Fault> faults = new TreeMap<>();
        while (!names.isEmpty()) {
            LoadedSources sources = new LoadedSources(folder, place, List.copyOf(names));
            Probe.Result result;
            try {
                result = probe.run(runtimeName, Set.copyOf(names), runtime.probe(sources));
            } catch (IOException unusable) {
                return none(folder, String.valueOf(unusable.getMessage()));
            }
            switch (result) {
                case Probe.Loaded loaded -> {
                    Map<String, Good> good = new TreeMap<>();
                    read(loaded, names, good, faults, taken);
                    // What has failed may be what hinders forks; then a template finds out about the rest.
                    boolean forks = loaded.forks() || !faults.isEmpty();
                    return new Trial(folder, good, faults, loaded.words(), forks, null);
                }
                case Probe.Died(var source, String reason) -> {
                    if (source == null || !names.remove(source)) {
                        return none(folder, "The worker cannot start: " + reason + ".");
                    }
                    faults.put(source, new Fault("It ended the process that loaded it: " + reason + ".", null, true));
                }
            }
        }
        return new Trial(folder, Map.of(), faults, "", false, null);
    }

    /** No source can be loaded now. */
    private static Trial none(Path folder, String why) {
        return new Trial(folder, Map.of(), Map.of(), "", false, why);
    }

    private void read(
            Probe.Loaded loaded,
            Set<String> names,
            Map<String, Good> good,
            Map<String, Fault> faults,
            TakenNames taken) {
        Map<String, String> warnings = new HashMap<>();
        for (JsonCursor each = new JsonCursor(loaded.sources()); each.next(); ) {
            Map<String, RawJson> members = members(each.value());
            String name = text(members, "name");
            if (!names.contains(name)) {
                continue;
            }
            String reason = text(members, "reason");
            if ("ready".equals(text(members, "state"))) {
                warnings.put(name, reason == null ? "" : reason);
            } else {
                faults.put(
                        name, new Fault(reason == null ? "It cannot be loaded." : reason, text(members, "traceback")));
            }
        }
        Map<String, List<FunctionDefinition>> functions = new HashMap<>();
        Map<String, String> owners = new HashMap<>();
        for (JsonCursor each = new JsonCursor(loaded.functions()); each.next(); ) {
            String source = text(members(each.value()), "source");
            if (source == null || !warnings.containsKey(source)) {
                continue;
            }
            try {
                FunctionDefinition function = AnnouncedFunction.read(each.value(), runtimeName, library);
                String other = owners.putIfAbsent(function.name(), "source " + source + " of runtime " + runtimeName);
                String owner = other == null ? taken.by(function.name()) : other;
                if (owner != null) {
                    faults.put(
                            source,
                            new Fault(
                                    "The function " + function.name() + " is there already, in " + owner
                                            + "; names are unique over all runtimes. Rename one of them.",
                                    null));
                }
                functions.computeIfAbsent(source, _ -> new ArrayList<>()).add(function);
            } catch (IllegalArgumentException notUnderstood) {
                faults.put(source, new Fault(String.valueOf(notUnderstood.getMessage()), null));
            }
        }
        for (String name : names) {
            String warning = warnings.get(name);
            if (warning == null) {
                faults.putIfAbsent(name, new Fault("Its worker did not say whether it was loaded.", null));
            } else if (!faults.containsKey(name)) {
                good.put(
                        name,
                        new Good(
                                List.copyOf(functions.getOrDefault(name, List.of())),
                                warning.isEmpty() ? null : warning));
            }
        }
    }

    private static Map<String, RawJson> members(RawJson value) {
        Map<String, RawJson> members = new HashMap<>();
        if (value.kind() == JsonKind.OBJECT) {
            for (JsonCursor each = new JsonCursor(value); each.next(); ) {
                members.put(each.name(), each.value());
            }
        }
        return members;
    }

    private static @Nullable String text(Map<String, RawJson> members, String name) {
        RawJson value = members.get(name);
        return value == null || value.kind() != JsonKind.STRING ? null : JsonStrings.decode(value);
    }
}
