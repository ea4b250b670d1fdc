package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file of the store as it was opened. SQLite would go on in a file that was moved or removed, and its writes would
 * be lost. So this checks whether the file is still in its place. Thread-safe.
 */
final class StoreFile {

    /** What reads is content with a look that is so old. */
    private static final long FRESH_NANOS = 100_000_000;

    private final Path file;
    private final @Nullable Object key;

    /** Whether it was seen without its content; it is not to be trusted any more then. Set once, by any thread. */
    private volatile boolean cut;

    /** When it was last seen in its place; by any thread. */
    private volatile long seenNanos = System.nanoTime();

    /** @param key distinguishes this file from another of its name; null if the system has no such key */
    private StoreFile(Path file, @Nullable Object key) {
        this.file = file;
        this.key = key;
    }

    /** The file that has just been opened. */
    static StoreFile opened(Path file) {
        try {
            return new StoreFile(
                    file, Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        } catch (IOException unknown) {
            return new StoreFile(file, null);
        }
    }

    Path path() {
        return file;
    }

    /** As {@link #check}, of a moment ago. */
    void checkLately() throws StoreException {
        if (cut || System.nanoTime() - seenNanos >= FRESH_NANOS) {
            check();
        }
    }

    /**
     * Whether the file is in its place, and has content.
     *
     * @throws StoreException if not; says what to do
     */
    void check() throws StoreException {
        BasicFileAttributes now;
        try {
            now = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw new StoreException(
                    file + " was moved or removed while the service runs. Put the same file back; if it is lost, stop"
                            + " the service, restore a backup and start again.",
                    e);
        } catch (IOException e) {
            throw new StoreException(file + " cannot be looked at: " + e + ".", e);
        }
        if (key != null && !Objects.equals(key, now.fileKey())) {
            throw new StoreException(file + " is another file than the one that the service has opened. Put that one"
                    + " back, or start the service again to use this one.");
        }
        if (cut || now.size() == 0) {
            cut = true;
            throw new StoreException(file + " was cut to nothing while the service runs. Stop the service, restore a"
                    + " backup and start again.");
        }
        seenNanos = System.nanoTime();
    }
}
