package dev.motorpool.runtime;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The number of orders that a worker has accepted, in a file that the worker maps into its memory. The number outlives a
 * kill of the worker, and storing it wakes nobody, unlike a message.
 */
public final class AcceptedOrders implements AutoCloseable {

    /** The variable that names the file to the worker. */
    public static final String VARIABLE = "MOTORPOOL_ACCEPTED";

    /** Memory where the system has it, so that no disk is written to. */
    private static final Path MEMORY = Path.of("/dev/shm");

    private static final String PREFIX = "motorpool-";
    private static final String SUFFIX = ".accepted";
    /** Files with a name for longer belong to a service that was killed. Without its file a worker sends messages. */
    private static final Duration STARTING = Duration.ofHours(1);

    private final File file;

    /** Guarded by this. */
    private final RandomAccessFile content;
    /** Guarded by this; what was read last. */
    private long count;
    /** Guarded by this. */
    private boolean closed;

    private AcceptedOrders(File file) throws IOException {
        this.file = file;
        this.content = new RandomAccessFile(file, "rw");
    }

    /** Makes the file; null where that is impossible, so that the worker sends messages instead. */
    public static @Nullable AcceptedOrders create() {
        return create(folder());
    }

    static @Nullable AcceptedOrders create(Path folder) {
        File file = null;
        try {
            // Only this user may open it.
            file = Files.createTempFile(folder, PREFIX, SUFFIX).toFile();
            AcceptedOrders made = new AcceptedOrders(file);
            // Without room for the page this fails now, and not when the worker stores its first number.
            made.content.writeLong(0);
            return made;
        } catch (IOException noFile) {
            if (file != null) {
                boolean _ = file.delete();
            }
            return null;
        }
    }

    private static Path folder() {
        return Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** Removes the files of services that were killed while they started workers. */
    static void removeForgotten() {
        removeForgotten(folder());
    }

    static void removeForgotten(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
            Instant limit = Instant.now().minus(STARTING);
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException stays) {
            // It is eight bytes.
        }
    }

    /** Names the file to a worker that is about to be started. */
    public void nameIn(Map<String, String> environment) {
        environment.put(VARIABLE, file.toString());
    }

    /** Removes the file's name: the worker has opened it by now, or does not use it. */
    public void removeName() {
        boolean _ = file.delete();
    }

    /** The number that the worker has stored; after {@link #close} the one that it had stored by then. */
    public synchronized long count() {
        if (!closed) {
            try {
                content.seek(0);
                count = content.readLong();
            } catch (IOException unreadable) {
                // Any order may have started.
                count = Long.MAX_VALUE;
            }
        }
        return count;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            long _ = count();
            closed = true;
            removeName();
            try {
                content.close();
            } catch (IOException ignored) {
                // Nothing of it is needed any more.
            }
        }
    }
}
