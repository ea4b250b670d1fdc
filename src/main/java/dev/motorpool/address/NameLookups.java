package dev.motorpool.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Resolves names to all of their addresses, for connections whose addresses a guard judges. It happens on a few platform
 * threads, as resolving blocks the processor's thread under a virtual one. All who ask for the same name meanwhile wait for
 * one of them, so a name that is slow to resolve takes one thread; each waits no longer than a limit, and a lookup that
 * nobody waits for any more is not begun. Thread-safe.
 */
public final class NameLookups implements AutoCloseable {

    /** Resolves a name to all of its addresses; may block. */
    @FunctionalInterface
    public interface Names {
        InetAddress[] all(String host) throws UnknownHostException;
    }

    private static final int THREADS = 32;

    /** The one lookup of a name that is under way. The count is guarded by {@link #lookups}. */
    private static final class Lookup {
        final FutureTask<InetAddress[]> task;
        int waiting;

        Lookup(FutureTask<InetAddress[]> task) {
            this.task = task;
        }
    }

    private final Names names;
    private final Duration limit;
    private final ThreadPoolExecutor threads;

    /** By name, those that somebody waits for. Guarded by itself. */
    private final Map<String, Lookup> lookups = new HashMap<>();

    /**
     * @param threadName of its threads, to which a number is added
     * @param limit how long somebody waits
     */
    public NameLookups(String threadName, Names names, Duration limit) {
        this.names = names;
        this.limit = limit;
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                5,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name(threadName, 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * The addresses of a host; that of a literal at once.
     *
     * @throws UnknownHostException if it has none, or they are not known within the limit
     */
    public InetAddress[] all(String host) throws UnknownHostException {
        if (isLiteral(host)) {
            return InetAddress.getAllByName(host);
        }
        Lookup lookup = join(host);
        try {
            return lookup.task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException slow) {
            throw new UnknownHostException("resolving " + host + " took longer than " + limit.toMillis() / 1e3 + " s");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownHostException unknown) {
                throw unknown;
            }
            throw new IllegalStateException("resolving " + host + " failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException("resolving " + host + " was interrupted");
        } finally {
            leave(host, lookup);
        }
    }

    /** A literal ends in a digit, or has a colon; no name does (RFC 3696, section 2: no top-level domain is a number). */
    private static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || Character.isDigit(host.charAt(host.length() - 1));
    }

    private Lookup join(String host) {
        synchronized (lookups) {
            Lookup known = lookups.get(host);
            // Whoever asks once it is answered asks anew.
            if (known == null || known.task.isDone()) {
                known = new Lookup(new FutureTask<>(() -> names.all(host)));
                threads.execute(known.task);
                lookups.put(host, known); // only what is under way, or it would be waited for in vain
            }
            known.waiting++;
            return known;
        }
    }

    private void leave(String host, Lookup lookup) {
        synchronized (lookups) {
            if (--lookup.waiting == 0) {
                lookups.remove(host, lookup);
                threads.remove(lookup.task);
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
