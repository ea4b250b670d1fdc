package dev.motorpool.detached.model;

import dev.motorpool.function.TraceContext;
import dev.motorpool.job.Callbacks;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A submitted detached job. None of this changes during its life.
 *
 * @param id UUID of version 7; newer jobs have greater ones
 * @param tenant its owner
 * @param verb {@code apply_async}, {@code map_async} or {@code starmap_async}
 * @param args JSON array of the positional arguments; of a map: the array of its items
 * @param kwargs JSON object of the named arguments; empty for a map
 * @param timeout how long each call may run; null: the pool's default
 * @param expires how long after the submission, or after a {@code retry}, it must have started; null: for ever
 * @param priority -100..100, higher first
 * @param retries further attempts after a failed one
 * @param retryDelay time before the second attempt; doubles with each
 * @param retain retention of the finished job
 * @param createdAt when it was submitted
 * @param startAt its earliest start; null: at once
 * @param map the members of a map; null for a single call
 * @param callbacks webhook URLs for its end
 * @param trace the trace that it belongs to; null if there is none
 */
public record NewJob(
        UUID id,
        String tenant,
        String verb,
        String function,
        String pool,
        RawJson args,
        RawJson kwargs,
        @Nullable Duration timeout,
        @Nullable Duration expires,
        int priority,
        Map<String, String> tags,
        int retries,
        Duration retryDelay,
        Duration retain,
        Instant createdAt,
        @Nullable Instant startAt,
        @Nullable MapShape map,
        Callbacks callbacks,
        @Nullable TraceContext trace) {

    /**
     * The members of a map.
     *
     * @param count number of items
     * @param chunksize items that may be given to one slot together, at least 1
     * @param collect whether the map continues after an item has failed
     */
    public record MapShape(int count, int chunksize, boolean collect) {

        /** The progress of the map, in the format of the API, after this many items. */
        RawJson progress(int done) {
            JsonWriter json = new JsonWriter().beginObject();
            json.name("done").value(done).name("total").value(count);
            return json.name("message").nullValue().endObject().toRawJson();
        }
    }

    /** Approximate bytes chosen by its client. */
    public long bytes() {
        long bytes = (long) args.length() + kwargs.length();
        for (String url : callbacks.urls()) {
            bytes += url.length();
        }
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            bytes += (long) tag.getKey().length() + tag.getValue().length();
        }
        return bytes;
    }

    /** Its age among waiting jobs of its priority, comparable with that of synchronous calls: lower is older. */
    public long age() {
        return JobAge.of(id);
    }
}
