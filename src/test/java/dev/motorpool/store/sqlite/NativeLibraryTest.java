package dev.motorpool.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A start loads the library of its own jar, with any content of the data directory. */
@ExtendWith(OutputCaptureExtension.class)
class NativeLibraryTest {

    private static final String NAME = "libsqlitejdbc.so";
    private static final byte[] LIBRARY = {1, 2, 3, 4};
    private static final byte[] ANOTHER = {1, 2, 3, 5};

    @TempDir
    Path dataDir;

    private Path folder;
    private Path file;

    @BeforeEach
    void name() {
        folder = dataDir.resolve("sqlite");
        file = folder.resolve(NAME);
    }

    private void unpack() throws IOException {
        NativeLibrary.unpack(LIBRARY, folder, NAME);
    }

    @Test
    void itIsUnpackedOnceAndForItsUserAlone(CapturedOutput output) throws IOException {
        unpack();
        Object first = Files.getAttribute(file, "unix:ino");
        unpack();

        assertThat(file).hasBinaryContent(LIBRARY);
        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(first);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(output).doesNotContain("SQLite's library");
    }

    @Test
    void aFileOfTheSameSizeWithOtherBytesIsReplacedAndReported(CapturedOutput output) throws IOException {
        unpack();
        Files.write(file, ANOTHER);

        unpack();

        assertThat(file).hasBinaryContent(LIBRARY);
        assertThat(output).contains("The unpacked SQLite library does not match this version and is replaced");
        assertNothingElseIsLeft();
    }

    @Test
    void aLinkIsReplacedAndWhatItPointsToIsLeftAlone() throws IOException {
        Path elsewhere = Files.write(dataDir.resolve("elsewhere"), LIBRARY);
        Files.createDirectory(folder);
        Files.createSymbolicLink(file, elsewhere);

        unpack();

        assertThat(file).isRegularFile().hasBinaryContent(LIBRARY);
        assertThat(Files.isSymbolicLink(file)).isFalse();
        assertThat(elsewhere).hasBinaryContent(LIBRARY);
        assertNothingElseIsLeft();
    }

    @Test
    void aFolderThatOthersMayWriteToIsClosedToThem() throws IOException {
        Files.createDirectory(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

        unpack();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
    }

    @Test
    void aFolderThatIsALinkIsNotUsed() throws IOException {
        Path elsewhere = Files.createDirectory(dataDir.resolve("elsewhere"));
        Files.createSymbolicLink(folder, elsewhere);

        assertThatThrownBy(this::unpack).isInstanceOf(IOException.class);
        assertThat(elsewhere).isEmptyDirectory();
    }

    private void assertNothingElseIsLeft() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).containsExactly(file);
        }
    }
}
