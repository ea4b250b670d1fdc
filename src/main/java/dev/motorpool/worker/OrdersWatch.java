package dev.motorpool.worker;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The orders of a worker that loads sources first. Loading may take long or never end, and the service sends no order
 * before it is over. So a thread of its own waits for the first byte meanwhile, and ends the process at the end of the
 * stream.
 */
final class OrdersWatch extends InputStream {

    private final InputStream in;
    private final CompletableFuture<Integer> firstByte = new CompletableFuture<>();

    /** Whether {@link #firstByte} has been read; owned by the thread that reads. */
    private boolean begun;

    private OrdersWatch(InputStream in) {
        this.in = in;
    }

    static InputStream start(InputStream in, ProcessExit processExit) {
        OrdersWatch watch = new OrdersWatch(in);
        Thread thread = new Thread(() -> watch.await(processExit), "orders-watch");
        thread.setDaemon(true);
        thread.start();
        return watch;
    }

    private void await(ProcessExit processExit) {
        try {
            int first = in.read();
            if (first < 0) {
                processExit.atOnce();
            }
            firstByte.complete(first);
        } catch (IOException broken) {
            firstByte.completeExceptionally(broken);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (begun || length == 0) {
            return in.read(bytes, offset, length);
        }
        bytes[offset] = (byte) first();
        begun = true;
        return 1;
    }

    @Override
    public int read() throws IOException {
        if (begun) {
            return in.read();
        }
        begun = true;
        return first();
    }

    private int first() throws IOException {
        try {
            return firstByte.join();
        } catch (CompletionException broken) {
            throw new IOException(String.valueOf(message(broken)), broken);
        }
    }

    private static @Nullable String message(CompletionException broken) {
        Throwable cause = broken.getCause();
        return cause == null ? broken.getMessage() : cause.getMessage();
    }
}
