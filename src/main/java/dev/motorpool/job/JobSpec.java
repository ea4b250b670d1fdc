package dev.motorpool.job;

import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a job: what its client asked for, besides the arguments. It does not change during the job's life.
 *
 * @param verb the verb that made it, such as {@code apply}
 * @param function name of the function
 * @param pool name of the pool that runs it
 * @param timeout how long each call may run; null: the pool's default
 * @param expires how long after the submission, or after a {@code retry}, it must have started; null: no limit
 * @param priority -100..100, higher first
 * @param retries further attempts after a failed one, 0..100
 * @param retryDelay time before the second attempt; doubles with each
 * @param retain how long the finished job stays readable
 * @param map the members of a map; null for a single call and for a stream
 * @param callbacks webhook URLs for its end
 */
public record JobSpec(
        String verb,
        String function,
        String pool,
        @Nullable Duration timeout,
        @Nullable Duration expires,
        int priority,
        Map<String, String> tags,
        int retries,
        Duration retryDelay,
        Duration retain,
        @Nullable MapShape map,
        Callbacks callbacks) {

    /** The definition of a job that its client waits for. */
    public JobSpec(
            String verb,
            String function,
            String pool,
            @Nullable Duration timeout,
            @Nullable Duration expires,
            int priority,
            Map<String, String> tags,
            @Nullable MapShape map) {
        this(
                verb,
                function,
                pool,
                timeout,
                expires,
                priority,
                tags,
                0,
                Duration.ZERO,
                Duration.ZERO,
                map,
                Callbacks.NONE);
    }

    /**
     * The members of a map or stream.
     *
     * @param count number of items; 0 for a stream
     * @param chunksize items that may be given to one slot together, at least 1
     * @param collect whether a map continues after an item has failed
     */
    public record MapShape(int count, int chunksize, boolean collect) {

        /** The progress of the map, in the format of the API, after this many items. */
        public RawJson progress(int done) {
            JsonWriter json = new JsonWriter().beginObject();
            json.name("done").value(done).name("total").value(count);
            return json.name("message").nullValue().endObject().toRawJson();
        }
    }

    /** Whether each item is the array of the positional arguments; otherwise it is the one argument. */
    public boolean star() {
        return verb.startsWith("star");
    }

    /** Approximate bytes of the texts that its client chose. */
    public long bytes() {
        long bytes = 0;
        for (String url : callbacks.urls()) {
            bytes += url.length();
        }
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            bytes += (long) tag.getKey().length() + tag.getValue().length();
        }
        return bytes;
    }
}
