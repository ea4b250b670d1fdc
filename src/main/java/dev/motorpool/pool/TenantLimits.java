package dev.motorpool.pool;

/**
 * Limits of one tenant. The greatest value of a type means no limit.
 *
 * @param requests requests in progress
 * @param streams those of them with streamed answers
 * @param waits those of them that wait for something that goes on without them
 * @param jobs detached jobs that have not ended
 * @param bytes stored bytes
 * @param running running calls in each pool
 */
public record TenantLimits(int requests, int streams, int waits, int jobs, long bytes, int running) {

    /** No limits. */
    public static final TenantLimits NONE = new TenantLimits(
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Long.MAX_VALUE,
            Integer.MAX_VALUE);
}
