package dev.motorpool.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Concurrent clients, each on a virtual thread. */
public final class Clients {

    private Clients() {}

    /** The action of one client. */
    @FunctionalInterface
    public interface Client {
        void act(int number) throws Exception;
    }

    /** Waits until all have finished; rethrows the first failure. */
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
