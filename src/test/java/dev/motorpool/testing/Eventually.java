package dev.motorpool.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.function.ThrowingSupplier;

/** Waits for a condition, not for a time. */
public final class Eventually {

    private static final long LOOK_NANOS = Duration.ofMillis(5).toNanos();

    private Eventually() {}

    /** Retries the assertion until it holds; after the limit, rethrows its failure. */
    public static void within(Duration limit, Runnable assertion) {
        until(limit, () -> {
            assertion.run();
            return true;
        });
    }

    /** Retries until it returns a value; after the limit, rethrows its failure. */
    public static <T> T until(Duration limit, ThrowingSupplier<T> attempt) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                return attempt.get();
            } catch (AssertionError | Exception notYet) {
                if (System.nanoTime() - deadline > 0) {
                    throw notYet instanceof AssertionError error ? error : new AssertionError(notYet);
                }
                LockSupport.parkNanos(LOOK_NANOS);
            } catch (Throwable broken) {
                throw new AssertionError(broken);
            }
        }
    }
}
