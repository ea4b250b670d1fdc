package dev.motorpool.http.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.springframework.core.env.Environment;

/** How many connections may be open at once. */
public final class ConnectionRoom {

    /** Connections to a port of the actuator's own: probes and scrapes are few, and the heap is for the others. */
    public static final int MANAGEMENT = 256;

    private static final int MOST = 20_000;
    private static final int LEAST = 256;
    private static final int MOST_SHARE = 15_000;
    private static final int MOST_LASTING = 12_000;

    /** What a connection takes whose request waits: its thread's stack, its buffers and what it waits for. */
    private static final long BYTES_EACH = 128 << 10;

    /** Open files that are left to workers, the store, webhooks and the program itself, besides a quarter of the rest. */
    private static final long OTHER_FILES = 256;

    private static final int LEAST_BY_FILES = 16;

    private ConnectionRoom() {}

    /** As many as the configuration says, or by the size of the heap; no more than the process may open files. */
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

    /** How many connections a process may have that may open so many files. */
    static int byFiles(long files) {
        return Math.clamp((files - OTHER_FILES) / 4 * 3, LEAST_BY_FILES, Integer.MAX_VALUE);
    }

    /** What one address or one key may have of so many connections: it leaves some to the others. Below 0: of any number. */
    public static int share(int connections) {
        return connections < 0 ? MOST_SHARE : Math.clamp(connections * 3L / 4, 1, MOST_SHARE);
    }

    /** As {@link #share}, of what takes one for long: its caller has some left for calls. */
    public static int lastingShare(int connections) {
        return connections < 0 ? MOST_LASTING : Math.clamp(connections * 2L / 3, 1, MOST_LASTING);
    }

    /** As many as take half of a heap of this size if each has a request that waits. */
    static int in(long heapBytes) {
        return Math.clamp(heapBytes / 2 / BYTES_EACH, LEAST, MOST);
    }
}
