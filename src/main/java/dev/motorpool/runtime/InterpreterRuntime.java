package dev.motorpool.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Workers that an interpreter runs, with functions from files of its language. */
public final class InterpreterRuntime implements SourceRuntime {

    /**
     * What is configured.
     *
     * @param interpreter path or name; null: it is looked for
     * @param forks whether workers may be forked, where the language and the system can do that
     * @param dataDirectory where the worker's package is laid out
     * @param frameLimit bytes that a frame may have
     * @param valueLimit bytes that a value may have
     */
    public record Settings(
            @Nullable String interpreter, boolean forks, Path dataDirectory, int frameLimit, int valueLimit) {}

    /**
     * What workers start with: an interpreter, and what it loads.
     *
     * @param version grows with each change
     */
    private record Start(String interpreter, LoadedSources sources, long version) {}

    /** Through it the service opens the pipes of forked workers. */
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final Language language;
    private final Settings settings;
    private final Interpreter interpreter;
    private final LanguagePackage files;
    private final WorkerLaunch launch;

    /** Null until sources have been loaded. Written by the one thread that loads. */
    private volatile @Nullable Start start;

    /** The interpreter of the last probe. Owned by the one thread that loads. */
    private String found;

    /** Workers that are never confined. */
    public InterpreterRuntime(Language language, Settings settings, Spawner spawner) {
        this(language, settings, spawner, WorkerLaunch.ofSystem());
    }

    public InterpreterRuntime(Language language, Settings settings, Spawner spawner, WorkerLaunch launch) {
        this.language = language;
        this.settings = settings;
        this.launch = launch;
        this.interpreter = new Interpreter(language, settings.interpreter(), launch.environment(), spawner);
        this.files = new LanguagePackage(
                language, settings.dataDirectory().toAbsolutePath().resolve("runtimes"));
        this.found = language.interpreter();
    }

    @Override
    public WorkerCommand probe(LoadedSources sources) throws IOException, InterruptedException {
        found = interpreter.find(sources.place());
        return command(new Start(found, sources, 0), Map.of("MOTORPOOL_ROLE", "probe"), Isolation.NONE);
    }

    @Override
    public void use(LoadedSources sources) {
        Start before = start;
        start = new Start(found, sources, before == null ? 1 : before.version() + 1);
    }

    @Override
    public WorkerCommand command(WorkerShape shape) throws InterruptedException {
        Start how = start;
        if (how == null) {
            throw new IllegalStateException("no " + language.word() + " functions have been loaded");
        }
        try {
            WorkerCommand spawned = command(
                    how,
                    Map.of("MOTORPOOL_KIND", shape.kind(), "MOTORPOOL_SLOTS", Integer.toString(shape.slots())),
                    shape.isolation());
            return isForked(shape, how) ? spawned.forkedFrom(template(how)) : spawned;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lay out the worker's package: " + e.getMessage(), e);
        }
    }

    /** The one place that decides whether a worker may be forked; all others are spawned. */
    private boolean isForked(WorkerShape shape, Start how) {
        return settings.forks()
                && language.forks()
                && how.sources().forks()
                && shape.kind().equals("process")
                && shape.isolation() == Isolation.NONE
                && !launch.hasLauncher()
                && Files.isDirectory(DESCRIPTORS);
    }

    private WorkerTemplate template(Start how) throws IOException, InterruptedException {
        return new WorkerTemplate(
                language.word(), how.version(), command(how, Map.of("MOTORPOOL_ROLE", "template"), Isolation.NONE));
    }

    private WorkerCommand command(Start how, Map<String, String> special, Isolation isolation)
            throws IOException, InterruptedException {
        Path home = files.home();
        List<String> program = new ArrayList<>(List.of(how.interpreter()));
        program.addAll(language.program(home));
        Map<String, String> variables = new HashMap<>(language.variables(home));
        variables.putAll(how.sources().variables());
        variables.put("MOTORPOOL_FRAME_LIMIT", Integer.toString(settings.frameLimit()));
        variables.put("MOTORPOOL_VALUE_LIMIT", Integer.toString(settings.valueLimit()));
        variables.putAll(special);
        return launch.command(
                program, variables, isolation, List.of(home, how.sources().folder()));
    }
}
