package dev.motorpool.store.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The write-ahead log beside the store's file, as its open connections have it. The latest commits are there and
 * nowhere else. SQLite does not notice its removal or truncation, and later commits would be lost with the process.
 * Guarded by the writer's lock.
 */
final class StoreLog {

    private final Path file;

    /** The size to which SQLite itself shortens it. */
    private final long kept;

    private @Nullable Object key;
    private long size;
    private @Nullable String lost;

    /**
     * @param store the store's file
     * @param kept the limit of SQLite's {@code journal_size_limit}
     */
    StoreLog(Path store, long kept) {
        this.file = store.resolveSibling(store.getFileName() + "-wal");
        this.kept = kept;
    }

    /** It may be another from now on: the connections were closed and opened again. */
    void forget() {
        key = null;
        size = 0;
    }

    /** SQLite was asked to shorten it. */
    void shortened() {
        size = 0;
    }

    /** What has become of it, as a sentence that says what to do; null if it is as it should be. Once lost, it stays so. */
    @Nullable
    String look() {
        if (lost == null) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                lost = judge(now);
                key = now.fileKey();
                size = now.size();
            } catch (NoSuchFileException e) {
                lost = key == null ? null : gone();
            } catch (IOException e) {
                return file + " cannot be looked at: " + e + ".";
            }
        }
        return lost;
    }

    private @Nullable String judge(BasicFileAttributes now) {
        if (key == null) {
            return null;
        }
        if (!Objects.equals(key, now.fileKey())) {
            return gone();
        }
        return now.size() < Math.min(size, kept)
                ? file
                        + " was cut while the service runs, and what was stored lately with it. Stop the service,"
                        + " restore a backup and start again."
                : null;
    }

    private String gone() {
        return file + " was moved, removed or replaced while the service runs. What was stored before that has been"
                + " saved; stop the service and start it again.";
    }

    /** Whether all of it can still be reached through the connections that are open. */
    boolean isReachable() {
        return lost == null || lost.equals(gone());
    }
}
