package dev.motorpool.pool;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The end of a worker process.
 *
 * @param worker its id
 * @param pid null if it never started
 * @param reason {@code retired}, {@code surplus}, {@code stopped}, {@code timeout}, {@code cancel}, {@code memory},
 *     {@code stuck}, {@code silent}, {@code terminated}, {@code crash}, {@code protocol}, {@code start}
 * @param planned whether the end was planned and failed no call
 * @param exitCode its exit code; null if a signal killed it or the code is unknown
 * @param signal the signal that killed it, or null
 * @param job the job whose call ran in it, if there was just one; otherwise null
 * @param function the function of that call
 */
public record WorkerEnd(
        String pool,
        String worker,
        @Nullable Long pid,
        String reason,
        boolean planned,
        @Nullable Integer exitCode,
        @Nullable Integer signal,
        @Nullable UUID job,
        @Nullable String function) {}
