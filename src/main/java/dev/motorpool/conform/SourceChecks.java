package dev.motorpool.conform;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.process.ExitStatus;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Workers that load sources from a directory. */
final class SourceChecks {

    static final List<Check> ALL = List.of(
            new Check("P42", "all sources are loaded before hello", SourceChecks::loadedBeforeHello),
            new Check("P43", "a source that cannot be loaded does not stop others", SourceChecks::brokenSource),
            new Check("P46", "names of functions begin with that of their source", SourceChecks::names),
            new Check("P44", "a probe reports loading before it loads a source", SourceChecks::loading),
            new Check("P45", "a probe leaves after its hello, with code 0", SourceChecks::probeEnds));

    private static final String SOURCE = "conform";
    private static final String BROKEN = "conform_broken";
    private static final Map<String, String> PROBE = Map.of("MOTORPOOL_ROLE", "probe");

    private SourceChecks() {}

    private static Message.Hello hello(Trial trial)
            throws UnmetException, SkippedException, IOException, InterruptedException {
        Message.Hello hello = trial.hello();
        if (members(hello.sources()).isEmpty()) {
            throw new SkippedException("its hello names no sources");
        }
        return hello;
    }

    private static void loadedBeforeHello(Trial trial)
            throws UnmetException, SkippedException, IOException, InterruptedException {
        Message.Hello hello = hello(trial);
        String state = state(hello, SOURCE);
        if (!state.equals("ready")) {
            throw new UnmetException("the source " + SOURCE + " to be ready", state);
        }
        List<String> names = members(hello.functions()).stream()
                .map(each -> each.get("name"))
                .toList();
        for (String name : Orders.FUNCTIONS) {
            if (!names.contains(name)) {
                throw new UnmetException("a hello with the function " + name, names.toString());
            }
        }
    }

    private static void brokenSource(Trial trial)
            throws UnmetException, SkippedException, IOException, InterruptedException {
        Message.Hello hello = hello(trial);
        String state = state(hello, BROKEN);
        if (state.equals("missing")) {
            throw new SkippedException("it has no source " + BROKEN);
        }
        if (!state.equals("failed") || !state(hello, SOURCE).equals("ready")) {
            throw new UnmetException(
                    BROKEN + " to have failed, and " + SOURCE + " to be ready",
                    BROKEN + " is " + state + ", and " + SOURCE + " is " + state(hello, SOURCE));
        }
        CheckedWorker worker = trial.one();
        worker.echo(1, "1");
        worker.finish();
    }

    private static void names(Trial trial) throws UnmetException, SkippedException, IOException, InterruptedException {
        for (Map<String, String> function : members(hello(trial).functions())) {
            String name = function.getOrDefault("name", "");
            if (SOURCE.equals(function.get("source")) && !name.startsWith(SOURCE + ".")) {
                throw new UnmetException("names that begin with " + SOURCE + ".", name);
            }
        }
    }

    private static void loading(Trial trial)
            throws UnmetException, SkippedException, IOException, InterruptedException {
        List<String> sources = new ArrayList<>();
        members(hello(trial).sources()).forEach(source -> sources.add(source.getOrDefault("name", "")));
        CheckedWorker probe = trial.start(Trial.ONE, PROBE);
        Message.Report report = probe.any("loading, or hello", trial.patience().start());
        List<String> loaded = new ArrayList<>();
        while (report instanceof Message.Loading loading) {
            loaded.add(loading.source());
            report = probe.any("loading, or hello", trial.patience().start());
        }
        if (loaded.size() != sources.size() || !loaded.containsAll(sources)) {
            throw new UnmetException("loading once for each of " + sources, "for " + loaded);
        }
    }

    private static void probeEnds(Trial trial)
            throws UnmetException, SkippedException, IOException, InterruptedException {
        Message.Hello _ = hello(trial);
        CheckedWorker probe = trial.start(Trial.ONE, PROBE);
        boolean said = false;
        Message.Report report =
                probe.anyOrEnd("the end of the probe", trial.patience().start());
        while (report != null) {
            said = said || report instanceof Message.Hello;
            report = probe.anyOrEnd("the end of the probe", trial.patience().start());
        }
        ExitStatus status = probe.awaitExit("the end of the probe");
        if (!said || !probe.left() || status.code() == null || status.code() != 0) {
            throw new UnmetException(
                    "hello, leaving, and an exit with code 0",
                    (said ? "hello, " : "no hello, ") + (probe.left() ? "leaving" : "no leaving") + "; the probe "
                            + status.sentence());
        }
    }

    private static String state(Message.Hello hello, String name) {
        return members(hello.sources()).stream()
                .filter(source -> name.equals(source.get("name")))
                .map(source -> source.getOrDefault("state", "missing"))
                .findFirst()
                .orElse("missing");
    }

    /** The members that are texts, of each object in an array. */
    private static List<Map<String, String>> members(RawJson array) {
        List<Map<String, String>> all = new ArrayList<>();
        for (JsonCursor objects = new JsonCursor(array); objects.next(); ) {
            Map<String, String> members = new HashMap<>();
            if (objects.value().kind() == JsonKind.OBJECT) {
                for (JsonCursor each = new JsonCursor(objects.value()); each.next(); ) {
                    if (each.value().kind() == JsonKind.STRING) {
                        members.put(each.name(), JsonStrings.decode(each.value()));
                    }
                }
            }
            all.add(members);
        }
        return all;
    }
}
