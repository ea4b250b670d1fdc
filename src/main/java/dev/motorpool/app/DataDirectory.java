package dev.motorpool.app;

import dev.motorpool.app.settings.InvalidConfigurationException;
import dev.motorpool.runtime.ServiceMark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The service's data directory, locked by a file in it until this is closed. The system releases the lock when the
 * process ends.
 */
final class DataDirectory implements AutoCloseable {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path path;
    private final FileChannel lockFile;
    private final ServiceMark mark;

    private DataDirectory(Path path, FileChannel lockFile, ServiceMark mark) {
        this.path = path;
        this.mark = mark;
        this.lockFile = lockFile;
    }

    static DataDirectory open(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        FileChannel file = null;
        try {
            make(absolute);
            Path lock = absolute.resolve("lock");
            file = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(file) == null) {
                file.close();
                throw new InvalidConfigurationException(
                        "Another Motorpool is using the data directory " + absolute + ".",
                        "Stop it, or give this one a directory of its own with motorpool.data-dir.");
            }
            return new DataDirectory(absolute, file, ServiceMark.of(lock));
        } catch (IOException e) {
            throw new InvalidConfigurationException(
                    "The data directory " + absolute + " cannot be used: " + e + ".",
                    "Make it writable, or name another with motorpool.data-dir.");
        }
    }

    /**
     * Creates the directory for this user alone, because it holds a secret and all jobs. An existing one is unchanged.
     */
    private static void make(Path absolute) throws IOException {
        Path parent = absolute.getParent();
        if (Files.isDirectory(absolute) || parent == null) {
            return;
        }
        Files.createDirectories(parent);
        try {
            if (Files.getFileStore(parent).supportsFileAttributeView("posix")) {
                Files.createDirectory(absolute, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            } else {
                Files.createDirectory(absolute);
            }
        } catch (FileAlreadyExistsException there) {
            if (!Files.isDirectory(absolute)) {
                throw there;
            }
        }
    }

    private static @Nullable FileLock lock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by another service in this process
        }
    }

    Path path() {
        return path;
    }

    /** Marks the workers of the service that uses it. */
    ServiceMark mark() {
        return mark;
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
