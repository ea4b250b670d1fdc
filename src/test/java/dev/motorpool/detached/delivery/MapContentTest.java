package dev.motorpool.detached.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.store.sqlite.SqliteJobStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MapContentTest {

    private static final UUID ID = new UUID(0x7000, 1L << 63);

    @TempDir
    Path directory;

    /** A service that died may have left results that it did not know of. */
    @Test
    void eachItemIsThereOnceThoughTheStoreHasItTwice() throws Exception {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        JobSpec spec =
                new JobSpec("map_async", "echo", "pool", null, null, 0, Map.of(), new JobSpec.MapShape(4, 1, false));
        StoredJob submitted = StoredJob.submitted(ID, "default", spec, now, null, null);
        Attempt attempt = new Attempt(1, now, now, null, 0, null);
        try (JobStore store = SqliteJobStore.open(directory.resolve("jobs.db"))) {
            store.write(tables -> {
                tables.insert(new WaitingJob(submitted, RawJson.of("[0,1,2,3]"), RawJson.EMPTY_OBJECT), null);
                tables.addResults(ID, 1, List.of(row(0, "[0,1]"), row(2, "[2]")));
                tables.addResults(ID, 1, List.of(row(0, "[0]"), row(1, "[1,2]"), row(3, "[3]")));
                tables.succeed(ID, new AttemptEnd(attempt, 0, 0, null, null), null);
            });
            MapContent content = store.read(
                    tables -> MapContent.of(tables, Objects.requireNonNull(tables.find(ID)), Long.MAX_VALUE));
            assertThat(content).hasToString(new MapContent(RawJson.of("[0,1,2,3]"), null).toString());
        }
    }

    private static MapResults row(int first, String values) {
        return MapResults.of(first, first, false, JsonSlices.elements(RawJson.of(values)));
    }
}
