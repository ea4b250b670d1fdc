package dev.motorpool.source;

import java.nio.file.Path;
import java.util.List;
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
        if (!PackageTests.succeeds("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 9))")) {
            System.out.println("LEFT OUT: there is no python3 here (3.9 or later), so its package was not tested.");
            return;
        }
        PackageTests.run(List.of("python3", "-m", "unittest", "discover", "-s", "src/test/python"), place);
    }
}
