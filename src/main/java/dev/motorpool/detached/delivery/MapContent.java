package dev.motorpool.detached.delivery;

import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.JobState;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The values and errors of a map that has succeeded, each as one text.
 *
 * @param values JSON array of the values in the order of the items, {@code null} where one has failed; null if it is
 *     too long
 * @param errors JSON array of the errors; null for a map that does not collect, and if it is too long
 */
record MapContent(@Nullable RawJson values, @Nullable RawJson errors) {

    private static final int PAGE_ROWS = 256;
    private static final long PAGE_BYTES = 1 << 20;
    private static final MapContent TOO_LONG = new MapContent(null, null);

    /**
     * The content of this job; null for any job except a map that has succeeded.
     *
     * @param limit bytes of both together
     */
    static @Nullable MapContent of(JobReader tables, StoredJob job, long limit) throws StoreException {
        JobSpec.MapShape map = job.spec().map();
        if (map == null || job.state() != JobState.SUCCEEDED) {
            return null;
        }
        JsonWriter values = new JsonWriter().beginArray();
        JsonWriter errors = new JsonWriter().beginArray();
        for (int next = 0; next < map.count(); ) {
            int from = next;
            for (MapResults row : tables.resultsByIndex(job.id(), next, PAGE_ROWS, PAGE_BYTES)) {
                add(row, next - row.firstIndex(), values, errors);
                next = row.firstIndex() + row.count();
                if ((long) values.size() + errors.size() > limit) {
                    return TOO_LONG;
                }
            }
            if (next == from) {
                throw missing(job.id(), next);
            }
        }
        RawJson failed = map.collect() ? errors.endArray().toRawJson() : null;
        return new MapContent(values.endArray().toRawJson(), failed);
    }

    /** @param known how many of its first items an earlier row has, as the store may have a result twice */
    private static void add(MapResults row, int known, JsonWriter values, JsonWriter errors) {
        JsonSlices results = row.results();
        for (int i = known; i < row.count(); i++) {
            RawJson result = new RawJson(results.bytes(), results.start(i), results.length(i));
            if (row.failed()) {
                values.nullValue();
                errors.beginObject().name("index").value(row.firstIndex() + i);
                errors.name("error").value(result).endObject();
            } else {
                values.value(result);
            }
        }
    }

    private static StoreException missing(UUID job, int index) {
        return new StoreException("The result of item " + index + " of job " + job + " is missing.");
    }
}
