package dev.motorpool.job;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import java.time.Instant;
import java.util.SortedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a map ended.
 *
 * @param count how many items it had
 * @param values the values in rows, each under the index of its first one
 * @param failed the errors of the items without a value, each under its index; empty unless the map collects
 * @param error why the map has no value; null if it succeeded
 */
public record MapResult(
        UUID id,
        String verb,
        ItemsCall call,
        int count,
        SortedMap<Integer, JsonSlices> values,
        SortedMap<Integer, RawJson> failed,
        @Nullable JobError error,
        Instant createdAt,
        Instant startedAt,
        Instant finishedAt) {}
