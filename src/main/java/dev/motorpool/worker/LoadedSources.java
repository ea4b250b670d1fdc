package dev.motorpool.worker;

import dev.motorpool.function.method.MethodFunction;
import dev.motorpool.function.method.MethodFunctions;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.wire.Message;
import dev.motorpool.worker.plugin.LoadException;
import dev.motorpool.worker.plugin.Plugin;
import dev.motorpool.worker.plugin.PluginFiles;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Loads the plug-ins of a directory. Of two functions of a name the first stays, and the source of the other fails. */
final class LoadedSources {

    /** The variable with the directory to load from. */
    static final String DIRECTORY = "MOTORPOOL_FUNCTIONS";

    private static final String ROLE = "MOTORPOOL_ROLE";
    private static final String RUNTIME = "MOTORPOOL_RUNTIME";

    private final Reports reports;
    private final boolean probe = isProbe();
    private final List<MethodFunction> functions = new ArrayList<>();
    /** Read by the thread that ends the process, which a plug-in may do at any time. */
    private final List<AutoCloseable> resources = new CopyOnWriteArrayList<>();

    private final List<SourceState> states = new ArrayList<>();

    /** Where each function is, by its name. */
    private final Map<String, String> places = new HashMap<>();

    private final MethodFunctions builtIn;

    private LoadedSources(MethodFunctions builtIn, Reports reports) {
        this.builtIn = builtIn;
        this.reports = reports;
    }

    /** Whether this process only finds out what can be loaded. */
    static boolean isProbe() {
        return "probe".equals(System.getenv(ROLE));
    }

    /** Loads what the variables of the process say. */
    static WorkerFunctions load(File directory, WorkerOptions options, Reports reports, ProcessExit processExit)
            throws IOException {
        return "programs".equals(System.getenv(RUNTIME))
                ? LoadedPrograms.load(directory, options, reports, processExit)
                : plugins(directory, options, reports, processExit);
    }

    private static WorkerFunctions plugins(
            File directory, WorkerOptions options, Reports reports, ProcessExit processExit) throws IOException {
        MethodFunctions builtIn =
                KnownFunctions.of(options.demoFunctions(), options.index()).registry();
        LoadedSources loaded = new LoadedSources(builtIn, reports);
        processExit.closeAtExit(loaded.resources);
        List<PluginFiles> found = PluginFiles.in(directory.toPath());
        for (PluginFiles files : SourceSelection.of(found, PluginFiles::name)) {
            loaded.add(files);
        }
        loaded.states.addAll(SourceSelection.missing(found, PluginFiles::name));
        MethodFunctions all = builtIn.with(loaded.functions);
        JsonWriter sources = new JsonWriter();
        sources.beginArray();
        loaded.states.forEach(state -> state.writeTo(sources));
        return new WorkerFunctions(
                new MethodCalls(all, options.valueLimit()),
                all.describe(),
                sources.endArray().toRawJson(),
                List.of(Message.Hello.ACCEPTED, Message.Hello.PING, Message.Hello.CONTEXT));
    }

    private void add(PluginFiles files) {
        if (probe) {
            reports.writeThrough(new Message.Loading(files.name()));
        }
        try {
            Plugin plugin = Plugin.load(files);
            resources.addAll(plugin.resources());
            List<String> names = plugin.functions().stream()
                    .map(function -> function.definition().name())
                    .toList();
            String taken = taken(names, files.file());
            if (taken == null) {
                functions.addAll(plugin.functions());
                names.forEach(name -> places.put(name, files.file()));
                states.add(new SourceState(files.name(), files.file(), false, plugin.warning(), null, names));
            } else {
                states.add(new SourceState(files.name(), files.file(), true, taken, null, List.of()));
            }
        } catch (LoadException fault) {
            states.add(new SourceState(
                    files.name(), files.file(), true, fault.getMessage(), fault.traceback(), List.of()));
        }
    }

    /** Which function is there already; null if none is. */
    private @Nullable String taken(List<String> names, String file) {
        for (String name : names) {
            String place = builtIn.find(name).isPresent() ? "Motorpool itself" : places.get(name);
            if (place != null) {
                return "The function " + name + " of " + file + " is already in " + place
                        + ". Give it another name: @Function(name = \"...\").";
            }
        }
        return null;
    }
}
