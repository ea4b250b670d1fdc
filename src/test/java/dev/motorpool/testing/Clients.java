package dev.motorpool.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Many clients that act at once, each on a virtual thread. */
public final class Clients {

    private Clients() {}

    /** What one of them does. */
    @FunctionalInterface
    public interface Client {
        void act(int number) throws Exception;
    }

    /** Waits until all have acted; the first failure is the caller's. */
    public static void atOnce(int count, Duration limit, Client client) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                clients.add(threads.submit(() -> {
                    client.act(number);
                    return null;
                }));
            }
            try {
                for (Future<?> one : clients) {
                    one.get(limit.toNanos(), TimeUnit.NANOSECONDS);
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }
}
