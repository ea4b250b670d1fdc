package dev.motorpool.http.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;

/**
 * Platform threads that answer health checks. All other requests run on virtual threads, which wait in one queue for a
 * carrier: behind the requests of a thousand clients, a health check would come too late.
 *
 * <p>A health check is recognized if it is the first request of a connection without TLS and has arrived whole. It has
 * no body, and its connection is closed after the answer, so that no client can hold these threads.
 */
final class HealthThreads implements AutoCloseable {

    private static final int THREADS = 2;
    private static final int MOST_WAITING = 256;
    private static final long IDLE_SECONDS = 10;

    /** What a health check begins with. */
    private static final List<byte[]> BEGINNINGS = List.of(
            ascii("GET /actuator/health/liveness HTTP/1."),
            ascii("GET /actuator/health/readiness HTTP/1."),
            ascii("GET /actuator/health HTTP/1."));

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            HealthThread::new);

    HealthThreads() {
        threads.allowCoreThreadTimeOut(true);
    }

    private static final class HealthThread extends Thread {
        HealthThread(Runnable task) {
            super(task, "motorpool-health");
            setDaemon(true);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether the current thread is one of these. */
    static boolean isCurrent() {
        return Thread.currentThread() instanceof HealthThread;
    }

    /** Reads what has arrived into Tomcat's buffer; true if it is a health check. */
    static boolean isHealthCheck(NioChannel channel, SocketBufferHandler buffers) {
        buffers.configureReadBufferForWrite();
        ByteBuffer buffer = buffers.getReadBuffer();
        try {
            channel.read(buffer);
        } catch (IOException broken) {
            return false; // as the request's own read finds
        }
        return isHealthCheck(buffer.duplicate().flip());
    }

    /** Whether these bytes are one whole request for health, without a body. */
    static boolean isHealthCheck(ByteBuffer bytes) {
        if (BEGINNINGS.stream().noneMatch(each -> beginsWith(bytes, each))) {
            return false;
        }
        String head =
                StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString().toLowerCase(Locale.ROOT);
        return head.endsWith("\r\n\r\n") && !head.contains("\ncontent-length") && !head.contains("\ntransfer-encoding");
    }

    private static boolean beginsWith(ByteBuffer bytes, byte[] beginning) {
        return bytes.remaining() >= beginning.length
                && bytes.slice(bytes.position(), beginning.length).equals(ByteBuffer.wrap(beginning));
    }

    /** Runs a request; false if there is no room for it. */
    boolean run(Runnable request) {
        try {
            threads.execute(request);
            return true;
        } catch (RejectedExecutionException | OutOfMemoryError none) {
            return false;
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
