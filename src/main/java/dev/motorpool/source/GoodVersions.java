package dev.motorpool.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;

/** The file that says which version of each source was good last, so that a restart does not forget it. */
final class GoodVersions {

    private final Path file;

    GoodVersions(Path file) {
        this.file = file;
    }

    /** Versions by the names of sources; empty if there is no file, or one that nobody can read. */
    Map<String, String> read() {
        Map<String, String> versions = new TreeMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int at = line.lastIndexOf('@');
                if (at > 0) {
                    versions.put(line.substring(0, at), line.substring(at + 1));
                }
            }
        } catch (NoSuchFileException none) {
            return versions;
        } catch (IOException unreadable) {
            return new TreeMap<>();
        }
        return versions;
    }

    void write(Map<String, String> versions) throws IOException {
        StringBuilder lines = new StringBuilder();
        versions.forEach((name, version) ->
                lines.append(name).append('@').append(version).append('\n'));
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling(file.getFileName() + ".fresh");
        Files.writeString(fresh, lines, StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
