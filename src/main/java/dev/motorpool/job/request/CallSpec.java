package dev.motorpool.job.request;

import dev.motorpool.function.signature.CallDefaults;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;

/**
 * The parsed request of a call, checked as far as possible before anything is queued.
 *
 * @param pool where it runs
 * @param args JSON array that fits the function, together with {@code kwargs}
 * @param defaults what the function's author says of calls
 */
public record CallSpec(JobSpec spec, Pool pool, RawJson args, RawJson kwargs, CallDefaults defaults) {}
