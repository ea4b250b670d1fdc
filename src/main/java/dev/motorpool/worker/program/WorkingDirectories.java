package dev.motorpool.worker.program;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The temporary directories of calls, all below one of this process. That one has a file which this process keeps
 * locked. A worker that starts removes the directories of workers that were killed: those whose file is not locked.
 */
public final class WorkingDirectories implements AutoCloseable {

    private static final String PREFIX = "motorpool-programs-";
    private static final String LOCK = "lock";

    private final Path root;

    /** Held until this process ends. */
    private final FileChannel lock;

    private WorkingDirectories(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /** Makes the directory of this process below {@code TMPDIR}, and removes forgotten ones. */
    public static WorkingDirectories create() throws IOException {
        String configured = System.getenv("TMPDIR");
        Path temporary = Path.of(configured == null ? System.getProperty("java.io.tmpdir") : configured)
                .toAbsolutePath();
        removeForgotten(temporary);
        Path root = Files.createTempDirectory(temporary, PREFIX);
        FileChannel lock =
                FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (lock.tryLock() == null) {
            throw new IOException("a new file in " + root + " is locked");
        }
        return new WorkingDirectories(root, lock);
    }

    private static void removeForgotten(Path temporary) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (Path directory : found) {
                if (isForgotten(directory.resolve(LOCK))) {
                    remove(directory);
                }
            }
        }
    }

    private static boolean isForgotten(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                @Nullable FileLock taken = channel.tryLock()) {
            return taken != null;
        } catch (IOException notOurs) {
            return false;
        }
    }

    /** A new directory for one call: {@code work} within it is empty. */
    Path make() throws IOException {
        Path call = Files.createTempDirectory(root, "call-");
        Files.createDirectory(call.resolve("work"));
        return call;
    }

    /** Removes a directory with all that is in it, as far as that is possible. */
    static void remove(Path directory) {
        try {
            Files.walkFileTree(directory, new Removal());
        } catch (IOException left) {
            System.err.println("motorpool worker: " + directory + " cannot be removed: " + left);
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            // Programs may have taken the right to remove files away from themselves.
            if (!Files.isWritable(directory)) {
                allow(directory);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        /** A directory that cannot be read, or a file that has gone meanwhile. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) && !Files.isReadable(file)) {
                allow(file);
                Files.walkFileTree(file, this);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }

        private static void allow(Path directory) throws IOException {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Override
    public void close() throws IOException {
        remove(root);
        lock.close();
    }
}
