package dev.motorpool.runtime;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The environment of every worker process, for any program: the protocol on descriptors 3 and 4, an empty standard
 * input, standard output where standard error goes, no core files, a session of its own where the system has {@code
 * setsid} (so that Ctrl-C does not reach it and it can be killed with its children), and an environment without the
 * service's secrets.
 */
final class WorkerLaunch {

    private static final String SHELL = "/bin/sh";
    private static final String TRAMPOLINE = "ulimit -c 0; exec 3<&0 4>&1 </dev/null 1>&2; exec \"$0\" \"$@\"";
    private static final List<String> KEPT_VARIABLES = List.of("PATH", "HOME", "LANG", "TZ", "TMPDIR");

    /** The {@code setsid} program, or null where there is none. */
    private final @Nullable Path setsid;

    private final Map<String, String> environment;

    private WorkerLaunch(@Nullable Path setsid, Map<String, String> environment) {
        this.setsid = setsid;
        this.environment = environment;
    }

    /** The launch that this system and the service's own environment allow. */
    static WorkerLaunch ofSystem() {
        return of(System.getenv());
    }

    static WorkerLaunch of(Map<String, String> own) {
        Map<String, String> environment = new TreeMap<>();
        own.forEach((name, value) -> {
            if (KEPT_VARIABLES.contains(name) || name.startsWith("LC_")) {
                environment.put(name, value);
            }
        });
        return new WorkerLaunch(find("setsid", own.getOrDefault("PATH", "/usr/bin:/bin")), environment);
    }

    /** The variables of every worker. */
    Map<String, String> environment() {
        return environment;
    }

    /** The command that starts {@code program}, with some variables more. */
    WorkerCommand command(List<String> program, Map<String, String> variables) {
        List<String> command = new ArrayList<>(List.of(SHELL, "-c", TRAMPOLINE));
        if (setsid != null) {
            command.add(setsid.toString());
        }
        command.addAll(program);
        Map<String, String> all = new TreeMap<>(environment);
        all.putAll(variables);
        return new WorkerCommand(List.copyOf(command), Map.copyOf(all));
    }

    private static @Nullable Path find(String program, String path) {
        for (String folder : path.split(File.pathSeparator, -1)) {
            Path candidate = Path.of(folder, program);
            if (candidate.isAbsolute() && Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }
}
