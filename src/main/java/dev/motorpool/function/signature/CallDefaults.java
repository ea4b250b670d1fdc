package dev.motorpool.function.signature;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a function's author sets for calls that do not say otherwise; null where that is nothing.
 *
 * @param pool name of the pool
 * @param timeout of one run
 * @param retries of a detached job
 * @param retryDelay before the first retry
 * @param priority among the calls of the pool
 */
public record CallDefaults(
        @Nullable String pool,
        @Nullable Duration timeout,
        @Nullable Integer retries,
        @Nullable Duration retryDelay,
        @Nullable Integer priority) {

    public static final CallDefaults NONE = new CallDefaults(null, null, null, null, null);
}
