package dev.motorpool.store.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;
import org.sqlite.util.OSInfo;

/**
 * Unpacks SQLite, a native library in the driver's jar. By default the driver unpacks it into the directory for
 * temporary files at every start, and leaves it there when the service is killed. This class unpacks it once, into a
 * folder of the data directory that only the service's user may enter. The next start uses it again if its digest is
 * that of the library in the jar.
 */
final class NativeLibrary {

    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

    private static final String PATH = "org.sqlite.lib.path";
    private static final String TEMPORARY = "org.sqlite.tmpdir";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private NativeLibrary() {}

    /** Unpacks it, unless it is there or another one is configured. If that fails, the driver's default applies. */
    static void unpack(Path dataDir) {
        if (System.getProperty(PATH) != null || System.getProperty(TEMPORARY) != null) {
            return; // chosen by the operator, or unpacked for another store of this process
        }
        String name = LibraryLoaderUtil.getNativeLibName();
        Path all = dataDir.resolve("native");
        String resource = "/org/sqlite/native/" + OSInfo.getNativeLibFolderPathForCurrentOS() + "/" + name;
        try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (in != null) {
                closeToOthers(all);
                Path folder = all.resolve("sqlite-" + SQLiteJDBCLoader.getVersion());
                unpack(in.readAllBytes(), folder, name);
                System.setProperty(PATH, folder.toString());
            }
        } catch (IOException noRoom) {
            LOG.debug("Cannot unpack the SQLite library into the data directory: {}", noRoom.toString());
            // the driver tries the directory for temporary files then
        }
    }

    /** Leaves exactly this library there, in a folder of the user's own. */
    static void unpack(byte[] library, Path folder, String name) throws IOException {
        closeToOthers(folder);
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] found = Files.readAllBytes(file);
            if (MessageDigest.isEqual(sha256(found), sha256(library))) {
                return;
            }
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("sha256", HexFormat.of().formatHex(sha256(found)))
                    .log("The unpacked SQLite library does not match this version and is replaced");
        }
        Path part = Files.createTempFile(folder, name, ".part");
        try {
            Files.write(part, library);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Makes a folder that only its user may enter, or makes one that is there so. */
    private static void closeToOthers(Path folder) throws IOException {
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(folder);
        }
        if (posix && !Files.getPosixFilePermissions(folder).equals(OWNER_ONLY)) {
            Files.setPosixFilePermissions(folder, OWNER_ONLY);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java platform has SHA-256", impossible);
        }
    }
}
