package dev.motorpool.http.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.springframework.core.env.Environment;

/** Computes how many connections may be open at once. */
public final class ConnectionRoom {

    /** Connections to the actuator's own port: probes and scrapes are few, and the heap is for the others. */
    public static final int MANAGEMENT = 256;

    private static final int MOST = 20_000;
    private static final int LEAST = 256;
    private static final int MOST_SHARE = 15_000;

    /** Memory of a connection whose request waits: its thread's stack, its buffers and the awaited object. */
    private static final long BYTES_EACH = 128 << 10;

    /** Open files reserved for workers, the store, webhooks and the program itself, besides a quarter of the rest. */
    private static final long OTHER_FILES = 256;

    private static final int LEAST_BY_FILES = 16;

    private ConnectionRoom() {}

    /** The configured number, or a number by the size of the heap; at most what the limit of open files allows. */
    public static int of(Environment environment) {
        int wanted = environment.getProperty(
                "server.tomcat.max-connections",
                Integer.class,
                in(Runtime.getRuntime().maxMemory()));
        int most = byFiles(mostOpenFiles());
        return wanted < 0 ? most : Math.min(wanted, most);
    }

    private static long mostOpenFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /** Connections of a process with this limit of open files. */
    static int byFiles(long files) {
        return Math.clamp((files - OTHER_FILES) / 4 * 3, LEAST_BY_FILES, Integer.MAX_VALUE);
    }

    /** The requests of one caller, which leaves some connections to the others. Negative: no limit. */
    public static int share(int connections) {
        return connections < 0 ? MOST_SHARE : Math.clamp(connections * 3L / 4, 1, MOST_SHARE);
    }

    /** The number that uses half of a heap of this size if each connection has a waiting request. */
    static int in(long heapBytes) {
        return Math.clamp(heapBytes / 2 / BYTES_EACH, LEAST, MOST);
    }
}
