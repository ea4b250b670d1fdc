package dev.motorpool.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;
import org.sqlite.util.OSInfo;

/**
 * SQLite itself, which is a library of the system's kind in the driver's jar. By itself the driver would unpack it into
 * the directory for temporary files at every start, and leave it there when the service is killed. So it is unpacked
 * once, into the data directory, and found there again.
 */
final class NativeLibrary {

    private static final String PATH = "org.sqlite.lib.path";
    private static final String TEMPORARY = "org.sqlite.tmpdir";

    private NativeLibrary() {}

    /** Unpacks it, unless it is there or somebody has named another; where that fails the driver does as it would. */
    static void unpack(Path dataDir) {
        if (System.getProperty(PATH) != null || System.getProperty(TEMPORARY) != null) {
            return; // chosen by the operator, or unpacked for another store of this process
        }
        String name = LibraryLoaderUtil.getNativeLibName();
        Path folder = dataDir.resolve("native").resolve("sqlite-" + SQLiteJDBCLoader.getVersion());
        String resource = "/org/sqlite/native/" + OSInfo.getNativeLibFolderPathForCurrentOS() + "/" + name;
        try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (in != null) {
                unpack(in.readAllBytes(), folder, name);
                System.setProperty(PATH, folder.toString());
            }
        } catch (IOException noRoom) {
            // the driver tries the directory for temporary files then
        }
    }

    private static void unpack(byte[] library, Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file) && Files.size(file) == library.length) {
            return;
        }
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, name, ".part");
        try {
            Files.write(part, library);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
