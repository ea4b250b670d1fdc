package dev.motorpool.pool;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a worker process has ended.
 *
 * @param worker its id
 * @param pid null if it never was
 * @param reason {@code retired}, {@code surplus}, {@code stopped}, {@code timeout}, {@code cancel}, {@code memory},
 *     {@code stuck}, {@code silent}, {@code terminated}, {@code crash}, {@code protocol}, {@code start}
 * @param planned whether the end was meant and took no call along
 * @param exitCode what it exited with; null if a signal killed it or that is not known
 * @param signal what killed it, or null
 * @param job whose call ran in it, if there was just one; else null
 * @param function what that call ran
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
