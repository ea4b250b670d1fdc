package dev.motorpool.runtime;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The environment of every worker process, for any program: the protocol on descriptors 3 and 4, an empty standard
 * input, standard output where standard error goes, no core files, a session of its own where the system has {@code
 * setsid} (so that Ctrl-C does not reach it and it can be killed with its children), and an environment without the
 * service's secrets. Immutable.
 */
public final class WorkerLaunch {

    static final String DEFAULT_PATH = "/usr/bin:/bin";

    private static final String SHELL = "/bin/sh";
    private static final String TRAMPOLINE = "ulimit -c 0; exec 3<&0 4>&1 </dev/null 1>&2; exec ";
    private static final String PROGRAM = "\"$0\" \"$@\"";

    /** The file of a worker is named after its command is made, and its devices are its own. */
    private static final String ACCEPTED =
            " ${MOTORPOOL_ACCEPTED:+--bind \"$MOTORPOOL_ACCEPTED\" \"$MOTORPOOL_ACCEPTED\"} -- ";

    private static final List<String> KEPT_VARIABLES = List.of("PATH", "HOME", "LANG", "TZ", "TMPDIR");

    /** The {@code setsid} program, or null where there is none. */
    private final @Nullable Path setsid;

    private final Map<String, String> environment;
    private final List<String> launcher;
    private final @Nullable Bubblewrap bubblewrap;

    private WorkerLaunch(
            @Nullable Path setsid,
            Map<String, String> environment,
            List<String> launcher,
            @Nullable Bubblewrap bubblewrap) {
        this.setsid = setsid;
        this.environment = environment;
        this.launcher = List.copyOf(launcher);
        this.bubblewrap = bubblewrap;
    }

    /** The launch that this system and the service's own environment allow. */
    public static WorkerLaunch ofSystem() {
        return of(System.getenv());
    }

    /**
     * The launch that this system allows.
     *
     * @param own the service's environment, of which workers get little
     */
    public static WorkerLaunch of(Map<String, String> own) {
        Map<String, String> environment = new TreeMap<>();
        own.forEach((name, value) -> {
            if (KEPT_VARIABLES.contains(name) || name.startsWith("LC_")) {
                environment.put(name, value);
            }
        });
        return new WorkerLaunch(find("setsid", own.getOrDefault("PATH", DEFAULT_PATH)), environment, List.of(), null);
    }

    /** The same for workers that may have to be confined. */
    public WorkerLaunch in(Bubblewrap sandbox) {
        return new WorkerLaunch(setsid, environment, launcher, sandbox);
    }

    /** The same through a program that starts each worker, whose command follows these words. */
    public WorkerLaunch through(List<String> words) {
        return new WorkerLaunch(setsid, environment, words, bubblewrap);
    }

    /** Whether a program starts each worker. */
    boolean hasLauncher() {
        return !launcher.isEmpty();
    }

    /** The variables of every worker. */
    Map<String, String> environment() {
        return environment;
    }

    /** The command that starts {@code program}, with some variables more. */
    WorkerCommand command(List<String> program, Map<String, String> variables) {
        List<String> command = new ArrayList<>(List.of(SHELL, "-c", TRAMPOLINE + PROGRAM));
        command.addAll(starters());
        command.addAll(program);
        return new WorkerCommand(List.copyOf(command), with(variables));
    }

    /**
     * As {@link #command(List, Map)}, confined as this isolation says.
     *
     * @param needed what the program needs of the data directory, and wherever else it may be hidden
     * @throws UncheckedIOException if it cannot be confined; the message says why and what to do
     */
    WorkerCommand command(List<String> program, Map<String, String> variables, Isolation isolation, List<Path> needed)
            throws InterruptedException {
        if (isolation == Isolation.NONE) {
            return command(program, variables);
        }
        if (bubblewrap == null) {
            throw new IllegalStateException("nothing is there to confine a worker");
        }
        List<String> words = new ArrayList<>(starters());
        try {
            words.addAll(bubblewrap.words(isolation, needed, environment));
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot.getMessage(), cannot);
        }
        String script = TRAMPOLINE
                + words.stream().map(WorkerLaunch::quoted).collect(Collectors.joining(" "))
                + ACCEPTED
                + PROGRAM;
        List<String> command = new ArrayList<>(List.of(SHELL, "-c", script));
        command.addAll(program);
        return new WorkerCommand(List.copyOf(command), with(variables));
    }

    /** What comes before the program. */
    private List<String> starters() {
        List<String> words = new ArrayList<>();
        if (setsid != null) {
            words.add(setsid.toString());
        }
        words.addAll(launcher);
        return words;
    }

    private Map<String, String> with(Map<String, String> variables) {
        Map<String, String> all = new TreeMap<>(environment);
        all.putAll(variables);
        return Map.copyOf(all);
    }

    /** One word for the shell, whatever it contains. */
    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /** An executable file in one of the folders of a {@code PATH}; null if there is none. */
    static @Nullable Path find(String program, String path) {
        for (String folder : path.split(File.pathSeparator, -1)) {
            Path candidate = Path.of(folder, program);
            if (candidate.isAbsolute() && Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }
}
