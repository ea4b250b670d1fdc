package dev.motorpool.job.waited;

import dev.motorpool.job.Job;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import java.util.SortedMap;

/**
 * A map that has ended.
 *
 * @param values the values in rows, each under the index of its first one
 * @param failed the errors of the items without a value, each under its index; empty unless the map collects
 */
public record MapResult(
        Job job, JobSpec.MapShape shape, SortedMap<Integer, JsonSlices> values, SortedMap<Integer, RawJson> failed) {}
