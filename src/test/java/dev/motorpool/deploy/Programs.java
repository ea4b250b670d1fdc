package dev.motorpool.deploy;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Optional programs of the system. */
final class Programs {

    private static final long PATIENCE_SECONDS = 60;

    private Programs() {}

    /** The path of the program; if it is missing, a message appears in the output of the tests. */
    static Optional<Path> find(String name, String whatFor) {
        Optional<Path> found = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            System.out.println(
                    "LEFT OUT, as there is no " + name + " (Debian: apt-get install prometheus): " + whatFor);
        }
        return found;
    }

    /** Runs it and returns its output; fails if its status is not 0. */
    static String run(Path folder, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(command + ": " + output);
            }
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
