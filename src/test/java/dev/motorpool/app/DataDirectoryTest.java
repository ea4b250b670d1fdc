package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.app.settings.InvalidConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    @TempDir
    Path place;

    @Test
    void isMadeWhereItIsMissing() {
        Path path = place.resolve("a/b");
        try (DataDirectory directory = DataDirectory.open(path)) {
            assertThat(directory.path()).isEqualTo(path).isDirectory();
        }
    }

    @Test
    void isMadeForItsUserAloneAndElseLeftAsItIs() throws IOException {
        Path made = place.resolve("made");
        DataDirectory.open(made).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rwx------");

        Path given = Files.createDirectory(place.resolve("given"));
        Files.setPosixFilePermissions(given, PosixFilePermissions.fromString("rwxr-x---"));
        DataDirectory.open(Files.createSymbolicLink(place.resolve("link"), given))
                .close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(given)))
                .isEqualTo("rwxr-x---");
    }

    @Test
    void isHeldByOneServiceAtATime() {
        try (DataDirectory held = DataDirectory.open(place)) {
            assertThatExceptionOfType(InvalidConfigurationException.class)
                    .isThrownBy(() -> DataDirectory.open(place))
                    .withMessageContaining(held.path().toString())
                    .withMessageContaining("Another Motorpool")
                    .satisfies(refusal -> assertThat(refusal.action()).contains("motorpool.data-dir"));
        }
        DataDirectory.open(place).close();
    }

    @Test
    void isNoFile() throws IOException {
        Path file = Files.createFile(place.resolve("data"));

        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> DataDirectory.open(file))
                .withMessageContaining(file.toString());
    }
}
