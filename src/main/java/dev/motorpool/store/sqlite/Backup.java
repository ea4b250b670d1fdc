package dev.motorpool.store.sqlite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Objects;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * Copies the store into one file, from any process, while the service writes to it. The copy has the state at one
 * moment, with everything that was answered before it. The service is not held up; its log of changes grows meanwhile.
 * The copy appears under its name only once it is complete and on the disk.
 *
 * <p>To restore it: stop the service, move {@code motorpool.db} and the files beside it whose names begin like it out
 * of the data directory, and put the copy there as {@code motorpool.db}.
 */
public final class Backup {

    private static final int BUSY_MILLIS = 10_000;

    private Backup() {}

    /**
     * Makes a copy.
     *
     * @param dataDir the service's data directory
     * @param target where there is no file yet
     */
    public static void copy(Path dataDir, Path target) throws StoreUnusableException {
        Path file = dataDir.resolve(SqliteJobStore.FILE).toAbsolutePath().normalize();
        Path to = target.toAbsolutePath().normalize();
        if (!Files.isRegularFile(file)) {
            throw new StoreUnusableException(
                    "There is no " + file + ".",
                    "Name the data directory of a Motorpool, as motorpool.data-dir has it.");
        }
        if (Files.exists(to)) {
            throw exists(to);
        }
        Path part = to.resolveSibling(to.getFileName() + ".part");
        try {
            try {
                copyAll(file, dataDir, part);
                force(part, StandardOpenOption.WRITE);
                name(part, to);
                force(Objects.requireNonNull(to.getParent()), StandardOpenOption.READ);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (FileAlreadyExistsException e) {
            throw exists(to);
        } catch (IOException e) {
            throw new StoreUnusableException(
                    to + " cannot be written: " + e + ".", "Name a file in a directory that is there and has room.", e);
        } catch (SQLException e) {
            throw new StoreUnusableException(
                    SqlFailure.message(file, e), "If " + to + " is on a disk with room, look at the store's disk.", e);
        }
    }

    private static StoreUnusableException exists(Path target) {
        return new StoreUnusableException(target + " is there already.", "Name a file that is not there yet.");
    }

    private static void copyAll(Path file, Path dataDir, Path part) throws SQLException, IOException {
        Files.deleteIfExists(part); // of a copy that was ended
        if (part.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        NativeLibrary.unpack(dataDir);
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setBusyTimeout(BUSY_MILLIS);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + file);
                PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
            vacuum.setString(1, part.toString());
            vacuum.execute();
        }
    }

    private static void force(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }

    /** Gives the copy its name, which nobody else may have given meanwhile. */
    private static void name(Path part, Path target) throws IOException {
        try {
            Files.createLink(target, part);
        } catch (UnsupportedOperationException noLinks) {
            move(part, target);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException noLinksHere) {
            move(part, target);
        }
    }

    private static void move(Path part, Path target) throws IOException {
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException impossibleBesideIt) {
            throw new IOException(impossibleBesideIt);
        }
    }
}
