package dev.motorpool.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the unit tests of the Python package, {@code python3 -m unittest discover -s src/test/python}. */
@Tag("service")
class PythonUnitTest {

    @TempDir
    private Path place;

    @Test
    void theTestsOfThePythonPackageAreGreen() throws Exception {
        if (!runs("import sys; sys.exit(sys.version_info < (3, 9))")) {
            System.out.println("LEFT OUT: there is no python3 here (3.9 or later), so its package was not tested.");
            return;
        }
        File output = place.resolve("output").toFile();
        Process tests = new ProcessBuilder("python3", "-m", "unittest", "discover", "-s", "src/test/python")
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

    private static boolean runs(String program) throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "-c", program).start().waitFor() == 0;
        } catch (IOException none) {
            return false;
        }
    }
}
