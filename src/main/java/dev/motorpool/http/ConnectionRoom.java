package dev.motorpool.http;

/** How many connections may be open at once. */
final class ConnectionRoom {

    private static final int MOST = 20_000;
    private static final int LEAST = 256;

    /** What a connection takes whose request waits: its thread's stack, its buffers and what it waits for. */
    private static final long BYTES_EACH = 128 << 10;

    private ConnectionRoom() {}

    /** As many as take half of a heap of this size if each has a request that waits. */
    static int in(long heapBytes) {
        return Math.clamp(heapBytes / 2 / BYTES_EACH, LEAST, MOST);
    }
}
