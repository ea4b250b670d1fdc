package dev.motorpool.job;

import dev.motorpool.function.FunctionDefinition;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parsed request of a call, checked as far as possible before anything is queued.
 *
 * @param pool where it runs
 * @param args JSON array that fits the function, together with {@code kwargs}
 * @param timeout how long it may run; null: the pool's default
 * @param expires how long after submission it must have started; null: no limit
 * @param priority -100..100, higher first
 * @param tags kept with the job
 */
public record CallSpec(
        FunctionDefinition function,
        Pool pool,
        RawJson args,
        RawJson kwargs,
        @Nullable Duration timeout,
        @Nullable Duration expires,
        int priority,
        Map<String, String> tags) {}
