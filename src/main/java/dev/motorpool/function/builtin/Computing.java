package dev.motorpool.function.builtin;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.Function;
import dev.motorpool.function.Param;
import dev.motorpool.function.Workload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CancellationException;

/** Functions that compute. */
public final class Computing {

    /** Below this a run of {@link #fib} takes about a millisecond and is not worth asking whether to go on. */
    private static final int SMALL_FIB = 25;

    private static final long STEPS_BETWEEN_LOOKS = 1 << 20;
    private static final long HASHES_BETWEEN_LOOKS = 1 << 12;

    /** Where {@link #count} leaves what it computed, so that no compiler may leave the work out. */
    private static volatile long residue;

    @Function(
            description = "The Fibonacci number of n by the naive recursion: work for the processor.",
            workload = Workload.CPU)
    public static long fib(
            @Param(description = "Which Fibonacci number.", minimum = "0", maximum = "92") int n, CallContext context) {
        if (n < SMALL_FIB) {
            return naive(n);
        }
        refuseIfCancelled(context);
        return fib(n - 1, context) + fib(n - 2, context);
    }

    private static long naive(int n) {
        return n < 2 ? n : naive(n - 1) + naive(n - 2);
    }

    @Function(description = "Counts from 0 to n in a loop and returns n.", workload = Workload.CPU)
    public static long count(@Param(description = "How far to count.", minimum = "0") long n, CallContext context) {
        long counted = 0;
        long state = residue;
        while (counted < n) {
            refuseIfCancelled(context);
            long goal = counted + Math.min(n - counted, STEPS_BETWEEN_LOOKS);
            while (counted < goal) {
                state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
                counted++;
            }
        }
        residue = state;
        return counted;
    }

    /** What {@link #mine} found. */
    public record Mined(long nonce, String hash) {}

    @Function(
            description = "Finds the least nonce for which the SHA-256 of the data, followed by the nonce in decimal,"
                    + " begins with that number of zeros in hexadecimal: proof of work.",
            workload = Workload.CPU)
    public static Mined mine(
            @Param(description = "The data, hashed as UTF-8.") String data,
            @Param(description = "How many hexadecimal zeros.", minimum = "0", maximum = "8") int difficulty,
            CallContext context)
            throws CloneNotSupportedException {
        MessageDigest prefix = sha256();
        prefix.update(data.getBytes(StandardCharsets.UTF_8));
        for (long nonce = 0; ; nonce++) {
            if (nonce % HASHES_BETWEEN_LOOKS == 0) {
                refuseIfCancelled(context);
            }
            MessageDigest digest = (MessageDigest) prefix.clone();
            byte[] hash = digest.digest(Long.toString(nonce).getBytes(StandardCharsets.US_ASCII));
            if (leadingZeros(hash) >= difficulty) {
                return new Mined(nonce, HexFormat.of().formatHex(hash));
            }
        }
    }

    private static int leadingZeros(byte[] hash) {
        int zeros = 0;
        while (zeros < hash.length * 2 && (hash[zeros / 2] & (zeros % 2 == 0 ? 0xf0 : 0x0f)) == 0) {
            zeros++;
        }
        return zeros;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void refuseIfCancelled(CallContext context) {
        if (context.cancelled()) {
            throw new CancellationException("the call was cancelled");
        }
    }

    private Computing() {}
}
