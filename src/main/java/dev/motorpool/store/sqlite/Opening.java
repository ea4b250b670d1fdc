package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.StoreException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Opens the file for writing at a start. If that fails, reports why and what to do about it. */
final class Opening {

    private final Path file;
    private final Path directory;

    /** @param file absolute */
    Opening(Path file) {
        this.file = file;
        this.directory = Objects.requireNonNull(file.getParent());
    }

    /** The connection that writes, with the tables as they should be. */
    Database open() throws StoreUnusableException {
        look();
        NativeLibrary.unpack(directory);
        Database database = connect();
        boolean done = false;
        try {
            new Schema(file, database).prepare();
            done = true;
            return database;
        } catch (StoreException e) {
            throw unusable(e);
        } finally {
            if (!done) {
                database.close();
            }
        }
    }

    private void look() throws StoreUnusableException {
        if (!Files.isDirectory(directory)) {
            throw new StoreUnusableException(
                    "There is no directory " + directory + " to keep jobs in.",
                    "Make it, or name another with motorpool.data-dir.");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new StoreUnusableException(
                    file + " is not a file.", "Move it away, or name another data directory with motorpool.data-dir.");
        }
        if (!Files.isWritable(directory)) {
            throw readOnly(directory, null);
        }
        if (Files.exists(file) && !Files.isWritable(file)) {
            throw readOnly(file, null);
        }
    }

    private Database connect() throws StoreUnusableException {
        try {
            make();
            return Database.writer(file);
        } catch (IOException e) {
            throw new StoreUnusableException(
                    file + " cannot be made: " + e + ".",
                    "Give the service a data directory on a disk with room that it may write to: motorpool.data-dir.",
                    e);
        } catch (SQLException e) {
            throw unusable(new StoreException(SqlFailure.message(file, e), e));
        }
    }

    /** A file with clients' data is for this user only. */
    private void make() throws IOException {
        try {
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (FileAlreadyExistsException known) {
            // as it should be
        }
    }

    private StoreUnusableException readOnly(Path what, @Nullable Throwable cause) {
        return new StoreUnusableException(
                what + " is read-only for this user; jobs are kept there.",
                "Make it writable, or name another data directory with motorpool.data-dir.",
                cause);
    }

    private StoreUnusableException unusable(StoreException failure) {
        if (!(failure.getCause() instanceof SQLException cause)) {
            return new StoreUnusableException(String.valueOf(failure.getMessage()), "Report this.", failure);
        }
        String problem = SqlFailure.message(file, cause);
        String action =
                switch (SqlFailure.code(cause)) {
                    case SQLITE_FULL ->
                        "Make room on the disk, or name another data directory with motorpool.data-dir.";
                    case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN ->
                        "Make the file, those beside it and their directory writable for this user.";
                    case SQLITE_BUSY, SQLITE_LOCKED -> "End the other process; lsof " + file + " tells which it is.";
                    case SQLITE_CORRUPT, SQLITE_NOTADB ->
                        "Put a backup in its place, or move it away to start without jobs. What can be saved of it, the"
                                + " command line's sqlite3 saves with .recover.";
                    default -> "Look at the disk and its file system; then start again.";
                };
        return new StoreUnusableException(problem, action, failure);
    }
}
