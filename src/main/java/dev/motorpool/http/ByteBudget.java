package dev.motorpool.http;

import dev.motorpool.job.HeldBytes;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of one sort may be held at once, all requests together. */
final class ByteBudget implements HeldBytes {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final long limit;

    /** Bytes in use; by compare-and-set, never above the limit. */
    private final AtomicLong used = new AtomicLong();

    ByteBudget(long limit) {
        this.limit = limit;
    }

    @Override
    public boolean take(long bytes) {
        long after = used.addAndGet(bytes);
        if (after > limit) {
            used.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** As {@link #take(long)}, after waiting for others to give theirs back, at most so long. */
    boolean take(long bytes, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!take(bytes)) {
            if (bytes > limit || System.nanoTime() - deadline >= 0) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return true;
    }

    @Override
    public void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }

    @Override
    public long limit() {
        return limit;
    }
}
