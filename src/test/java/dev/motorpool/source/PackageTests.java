package dev.motorpool.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the tests of a package in another language, by that language's own test runner. */
final class PackageTests {

    /** Fails, with what they print, if they do not end well. */
    static void run(List<String> command, Path place) throws IOException, InterruptedException {
        File output = place.resolve("output").toFile();
        Process tests = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            assertThat(tests.waitFor(10, TimeUnit.MINUTES)).as("they end").isTrue();
        } finally {
            tests.descendants().forEach(ProcessHandle::destroyForcibly);
            tests.destroyForcibly().waitFor();
        }
        assertThat(tests.exitValue()).as(Files.readString(output.toPath())).isZero();
    }

    /** Whether this machine has the program, and it ends well. */
    static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException none) {
            return false;
        }
    }

    private PackageTests() {}
}
