package dev.motorpool.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the tests of the Node package, {@code node --test src/test/node/*.test.mjs}. */
@Tag("slow")
class NodeUnitTest {

    @TempDir
    private Path place;

    @Test
    void theTestsOfTheNodePackageAreGreen() throws Exception {
        if (!runs("process.exit(require('module').register ? 0 : 1)")) {
            System.out.println("LEFT OUT: there is no node here (20.6 or later), so its package was not tested.");
            return;
        }
        File output = place.resolve("output").toFile();
        Process tests = new ProcessBuilder(command())
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

    private static List<String> command() throws IOException {
        List<String> command = new ArrayList<>(List.of("node", "--test"));
        try (Stream<Path> files = Files.list(Path.of("src/test/node"))) {
            files.map(Path::toString)
                    .filter(file -> file.endsWith(".test.mjs"))
                    .sorted()
                    .forEach(command::add);
        }
        return command;
    }

    private static boolean runs(String program) throws InterruptedException {
        try {
            return new ProcessBuilder("node", "-e", program).start().waitFor() == 0;
        } catch (IOException none) {
            return false;
        }
    }
}
