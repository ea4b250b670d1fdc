package dev.motorpool.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Confines workers by {@code bwrap} (bubblewrap): process ids, IPC and mounts of their own, a root that is read-only, a
 * private {@code /tmp}, and nothing of the data directory but what they load. Each process inside ends with the first.
 */
public final class Bubblewrap {

    private static final String PROGRAM = "bwrap";
    private static final List<String> EMPTY_PROGRAM = List.of("--", "/bin/sh", "-c", ":");
    private static final String REMEDY =
            "allow user namespaces to the service's user (docs/security.md names the switches of systems and"
                    + " containers), or set sandbox to none";

    private static final long TRY_SECONDS = 10;
    private static final int MOST_WORDS = 500;

    private static final Path TEMPORARY = Path.of("/tmp");
    private static final Path DEVICES = Path.of("/dev");
    private static final String KERNEL_SETTINGS = "/proc/sys";

    private final Path data;
    private final Path functions;
    private final Spawner spawner;

    /** What has been seen to work here. */
    private final Set<Isolation> works = ConcurrentHashMap.newKeySet();

    /** One step of the mounts. Deeper places come later, so that each step is seen in those before. */
    private record Mount(Path place, List<String> words) {

        static Mount of(String option, Path place) {
            return new Mount(place, List.of(option, place.toString()));
        }

        static Mount readable(Path real, Path place) {
            return new Mount(place, List.of("--ro-bind", real.toString(), place.toString()));
        }
    }

    /**
     * @param data the service's data directory, which workers do not see
     * @param functions the functions directory, which they see; need not exist
     */
    public Bubblewrap(Path data, Path functions, Spawner spawner) {
        this.data = data.toAbsolutePath().normalize();
        this.functions = functions.toAbsolutePath().normalize();
        this.spawner = spawner;
    }

    /**
     * The program and its options; further options may follow, then {@code --} and the command.
     *
     * @param needed files and folders that must be visible
     * @param environment of the worker; its {@code PATH} has the program
     * @throws IOException if nothing can be confined here; the message says why and what to do
     */
    List<String> words(Isolation isolation, List<Path> needed, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path program = WorkerLaunch.find(PROGRAM, environment.getOrDefault("PATH", WorkerLaunch.DEFAULT_PATH));
        if (program == null) {
            throw new IOException("there is no " + PROGRAM + " in PATH: install bubblewrap (Debian: apt install"
                    + " bubblewrap), or set sandbox to none");
        }
        List<String> words = new ArrayList<>(List.of(
                program.toString(),
                "--unshare-pid",
                "--unshare-ipc",
                "--die-with-parent",
                "--new-session",
                "--cap-drop",
                "ALL",
                "--unsetenv",
                "TMPDIR"));
        if (isolation == Isolation.SANDBOX_WITHOUT_NETWORK) {
            words.add("--unshare-net");
        }
        words.addAll(List.of("--ro-bind", "/", "/", "--proc", "/proc"));
        // Root may write the kernel's settings without any capability.
        words.addAll(List.of("--ro-bind-try", KERNEL_SETTINGS, KERNEL_SETTINGS, "--dev", DEVICES.toString()));
        Path hidden = data.toRealPath();
        List<Mount> mounts = new ArrayList<>();
        mounts.add(Mount.of("--tmpfs", TEMPORARY));
        mounts.add(Mount.of("--tmpfs", hidden));
        show(functions, hidden, mounts);
        for (Path path : needed) {
            show(path, hidden, mounts);
        }
        mounts.sort(Comparator.comparingInt(mount -> mount.place().getNameCount()));
        mounts.forEach(mount -> words.addAll(mount.words()));
        words.addAll(List.of("--remount-ro", hidden.toString()));
        requireToWork(isolation, words, environment);
        return words;
    }

    /** Makes a path visible that another mount would hide. */
    private static void show(Path path, Path hidden, List<Mount> mounts) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        Path real = path.toRealPath();
        Path given = path.toAbsolutePath().normalize();
        for (Path place : real.equals(given) ? List.of(real) : List.of(real, given)) {
            if (place.startsWith(TEMPORARY) || place.startsWith(DEVICES) || place.startsWith(hidden)) {
                mounts.add(Mount.readable(real, place));
            }
        }
    }

    /** Confines an empty program, unless that has worked before. */
    private void requireToWork(Isolation isolation, List<String> words, Map<String, String> environment)
            throws IOException, InterruptedException {
        if (works.contains(isolation)) {
            return;
        }
        List<String> command = new ArrayList<>(words);
        command.addAll(EMPTY_PROGRAM);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = spawner.start(builder);
        try (InputStream out = process.getInputStream()) {
            if (!process.waitFor(TRY_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(
                        "bubblewrap cannot confine workers here: it has not ended after " + TRY_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                String said = new String(out.readNBytes(MOST_WORDS), StandardCharsets.UTF_8).strip();
                throw new IOException("bubblewrap cannot confine workers here: it "
                        + (said.isEmpty() ? "ended with code " + process.exitValue() : "said '" + said + "'") + "; "
                        + REMEDY);
            }
        } finally {
            process.toHandle().destroyForcibly();
        }
        works.add(isolation);
    }
}
