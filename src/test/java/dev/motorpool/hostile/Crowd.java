package dev.motorpool.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Many concurrent clients, each on a virtual thread with its own connection. For requests with answers, a late or
 * missing answer is a failure. Held requests are neither read nor closed before the crowd is closed.
 */
final class Crowd implements AutoCloseable {

    private final int port;
    private final Duration limit;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Guarded by itself. */
    private final List<Socket> held = new ArrayList<>();

    Crowd(int port, Duration limit) {
        this.port = port;
        this.limit = limit;
    }

    int port() {
        return port;
    }

    /** Runs this many tasks at once; returns their results in order. */
    <T> List<T> all(int count, IntFunction<Callable<T>> task) throws InterruptedException {
        List<Callable<T>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(task.apply(i));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : threads.invokeAll(tasks, limit.toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                results.add(future.get());
            } catch (CancellationException late) {
                throw new AssertionError("a request was not answered within " + limit, late);
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            }
        }
        return results;
    }

    /** Sends requests and reads the answers to their ends; each must have one of these statuses, or none arrives. */
    List<Reply> send(int count, Set<Integer> allowed, IntFunction<Request> request) throws InterruptedException {
        List<Request> requests = IntStream.range(0, count).mapToObj(request).toList();
        List<Reply> replies = all(count, i -> () -> requests.get(i).send(port));
        for (int i = 0; i < count; i++) {
            assertThat(replies.get(i).status())
                    .as("%s: %s", requests.get(i), replies.get(i).text())
                    .isIn(allowed);
        }
        return replies;
    }

    /** Sends requests and does not read their answers. */
    void hold(int count, IntFunction<Request> request) throws InterruptedException {
        all(count, i -> () -> keep(request.apply(i).slow().open(port)));
    }

    /** Keeps a connection until the end. */
    Socket keep(Socket socket) {
        synchronized (held) {
            held.add(socket);
        }
        return socket;
    }

    /** Keeps sending on held connections for this time. */
    static void last(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    @Override
    public void close() throws IOException {
        synchronized (held) {
            for (Socket socket : held) {
                try {
                    socket.setSoLinger(true, 0);
                } catch (SocketException closed) {
                    // closed by the service
                }
                socket.close();
            }
        }
        threads.shutdownNow();
        threads.close();
    }
}
