package dev.motorpool.webhook;

import dev.motorpool.address.AddressGuard;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves the names of receivers for their connections, and gives out only addresses that the guard permits. It happens
 * on platform threads, as resolving blocks the processor's thread under a virtual one; all who ask for the same name
 * meanwhile wait for one of them, so a name that is slow to resolve takes one thread.
 */
final class Lookups implements DnsResolver, AutoCloseable {

    /** Resolves a name to all of its addresses. */
    @FunctionalInterface
    interface Names {
        InetAddress[] all(String host) throws UnknownHostException;
    }

    private static final int THREADS = 32;

    private final AddressGuard guard;
    private final Names names;
    private final ThreadPoolExecutor threads;

    /** By name, while they are under way. */
    private final ConcurrentHashMap<String, CompletableFuture<InetAddress[]>> lookups = new ConcurrentHashMap<>();

    Lookups(AddressGuard guard, Names names) {
        this.guard = guard;
        this.names = names;
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                5,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("webhook-resolver-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        if (isLiteral(host)) {
            return guard.permitted(InetAddress.getAllByName(host));
        }
        CompletableFuture<InetAddress[]> lookup = lookups.computeIfAbsent(host, this::begin);
        try {
            return guard.permitted(lookup.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownHostException unknown) {
                throw unknown;
            }
            throw new IllegalStateException("resolving " + host + " failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException("resolving " + host + " was interrupted");
        }
    }

    private static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
    }

    private CompletableFuture<InetAddress[]> begin(String host) {
        CompletableFuture<InetAddress[]> lookup = new CompletableFuture<>();
        threads.execute(() -> {
            // Whoever asks once this is known asks anew, so it is taken away before.
            try {
                InetAddress[] all = names.all(host);
                lookups.remove(host, lookup);
                lookup.complete(all);
            } catch (UnknownHostException | RuntimeException | Error e) {
                lookups.remove(host, lookup);
                lookup.completeExceptionally(e);
            }
        });
        return lookup;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
