package dev.motorpool.store;

import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.function.TraceContext;
import dev.motorpool.job.Callbacks;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.JobSpec.MapShape;
import dev.motorpool.json.RawJson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job to submit; a test sets only the values that matter to it. */
public final class JobDraft {

    /** The time at which all drafts are made, unless they say otherwise. */
    public static final Instant NOW = Instant.parse("2026-11-25T10:00:00.123456Z");

    private static final JobIds IDS = new JobIds(Clock.systemUTC());

    private UUID id = IDS.next();
    private String tenant = "default";
    private String function = "fib";
    private String pool = "processes";
    private RawJson args = RawJson.of("[35]");
    private RawJson kwargs = RawJson.EMPTY_OBJECT;
    private @Nullable Duration timeout;
    private @Nullable Duration expires;
    private int priority;
    private Map<String, String> tags = Map.of();
    private int retries;
    private Duration retain = Duration.ofDays(1);
    private @Nullable Instant startAt;
    private @Nullable MapShape map;
    private Callbacks callbacks = Callbacks.NONE;

    JobDraft callbacks(@Nullable String callback, @Nullable String errorCallback) {
        callbacks = new Callbacks(callback, errorCallback);
        return this;
    }

    JobDraft id(UUID value) {
        id = value;
        return this;
    }

    public JobDraft tenant(String value) {
        tenant = value;
        return this;
    }

    JobDraft function(String value) {
        function = value;
        return this;
    }

    JobDraft pool(String value) {
        pool = value;
        return this;
    }

    public JobDraft args(RawJson value) {
        args = value;
        return this;
    }

    /** Every job belongs to it. */
    static final @Nullable TraceContext TRACE =
            TraceContext.read("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "vendor=a");

    JobDraft kwargs(RawJson value) {
        kwargs = value;
        return this;
    }

    JobDraft timeout(Duration value) {
        timeout = value;
        return this;
    }

    JobDraft expires(Duration value) {
        expires = value;
        return this;
    }

    JobDraft priority(int value) {
        priority = value;
        return this;
    }

    public JobDraft tags(Map<String, String> value) {
        tags = value;
        return this;
    }

    JobDraft retries(int value) {
        retries = value;
        return this;
    }

    JobDraft retain(Duration value) {
        retain = value;
        return this;
    }

    JobDraft startAt(Instant value) {
        startAt = value;
        return this;
    }

    public JobDraft map(int count) {
        map = new MapShape(count, 4, true);
        return this;
    }

    public WaitingJob made() {
        JobSpec spec = new JobSpec(
                map == null ? "apply_async" : "map_async",
                function,
                pool,
                timeout,
                expires,
                priority,
                tags,
                retries,
                Duration.ofSeconds(1),
                retain,
                map,
                callbacks);
        return new WaitingJob(StoredJob.submitted(id, tenant, spec, NOW, startAt, TRACE), args, kwargs);
    }
}
