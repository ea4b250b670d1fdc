package dev.motorpool.worker;

import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.VarHandle;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Publishes to the service which orders this worker has read, before any call among them can start. If this process
 * dies, an order that was not published has not started. Owned by the thread that reads the orders.
 *
 * <p>The number is stored in a page that the worker shares with the service and that outlives this process. The service
 * reads it after this process has ended. Storing it takes no system call and wakes no thread. Without the page the
 * number is sent as a report.
 */
final class Acceptance {

    private final FrameCodec.Reader orders;
    private final Reports reports;
    private final @Nullable MappedByteBuffer page;
    private long accepted;

    /** @param file where the service expects the number, eight bytes; null: nowhere */
    Acceptance(FrameCodec.Reader orders, Reports reports, @Nullable String file) {
        this.orders = orders;
        this.reports = reports;
        this.page = file == null ? null : page(new File(file));
    }

    /** When this returns, the service can see that the order which was read last may start. */
    void accept() {
        MappedByteBuffer shared = page;
        if (shared != null) {
            shared.putLong(0, orders.count());
            // No effect of the call comes before the store.
            VarHandle.releaseFence();
        } else if (orders.count() > accepted) {
            // Orders that arrive together are accepted together.
            accepted = orders.received();
            reports.writeThrough(new Message.Accepted(accepted));
        }
    }

    /**
     * Maps the file and removes its name. Returns null if the file is not the one that the service has made, or cannot
     * be mapped.
     */
    private static @Nullable MappedByteBuffer page(File file) {
        if (file.length() != Long.BYTES) {
            return null; // opening would make a file that is missing
        }
        try (RandomAccessFile content = new RandomAccessFile(file, "rw")) {
            boolean _ = file.delete();
            return content.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
        } catch (IOException noFile) {
            return null;
        }
    }
}
