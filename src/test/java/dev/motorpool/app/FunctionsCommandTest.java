package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The command that loads all sources without a service. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class FunctionsCommandTest {

    @TempDir
    private Path functions;

    private void program(String name, String description) throws IOException {
        Path file = Files.createDirectories(functions.resolve("programs")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        Files.writeString(file.resolveSibling(name + ".json"), description);
    }

    @Test
    void itPrintsFunctionsAndFaults() throws Exception {
        program("good", "{\"description\":\"Does nothing.\"}");
        try (ServiceProcess command = ServiceProcess.command("functions", functions.toString())) {
            assertThat(command.awaitEnd()).as(command.output()).isZero();
            assertThat(command.output()).contains("good\tprograms\tDoes nothing.");
        }
        program("bad", "{\"parameters\":{\"type\":\"nothing\"}}");
        try (ServiceProcess command = ServiceProcess.command("functions", functions.toString())) {
            assertThat(command.awaitEnd()).as(command.output()).isEqualTo(1);
            assertThat(command.output()).contains("good\tprograms").contains("FAILED programs/bad: ");
        }
    }

    @Test
    void aDirectoryThatIsMissingIsToldAsSuch() throws Exception {
        String missing = functions.resolve("missing").toString();
        try (ServiceProcess command = ServiceProcess.command("functions", missing)) {
            assertThat(command.awaitEnd()).isEqualTo(2);
            assertThat(command.output()).contains("There is no directory " + missing);
        }
    }
}
