package dev.motorpool.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        if (!PackageTests.succeeds("node", "-e", "process.exit(require('module').register ? 0 : 1)")) {
            System.out.println("LEFT OUT: there is no node here (20.6 or later), so its package was not tested.");
            return;
        }
        PackageTests.run(command(), place);
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
}
