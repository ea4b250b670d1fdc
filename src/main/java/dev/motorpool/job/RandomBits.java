package dev.motorpool.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Unpredictable random bits. They come from {@link SecureRandom}, many at a time, as one by one they would cost several
 * times as much. Thread-safe.
 */
final class RandomBits {

    private static final int BUFFERED_BYTES = 1024;

    private final SecureRandom source = new SecureRandom();

    @GuardedBy("this")
    private final byte[] bytes = new byte[BUFFERED_BYTES];

    @GuardedBy("this")
    private final ByteBuffer unused = ByteBuffer.wrap(bytes).limit(0);

    /** 64 bits that are returned once. */
    synchronized long next() {
        if (unused.remaining() < Long.BYTES) {
            source.nextBytes(bytes);
            unused.clear();
        }
        return unused.getLong();
    }
}
