package dev.motorpool.http;

import dev.motorpool.job.HeldBytes;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of one sort may be held at once, all requests together. */
final class ByteBudget implements HeldBytes {

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
