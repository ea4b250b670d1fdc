package dev.motorpool.http.problem;

import dev.motorpool.job.Seconds;
import dev.motorpool.job.request.TimeText;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.pool.PoolView;
import dev.motorpool.pool.Tenant;
import dev.motorpool.pool.WorkerView;
import dev.motorpool.pool.settings.Initializer;
import dev.motorpool.pool.settings.PoolSettings;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes the JSON objects of answers, member by member in the order of the API description. */
public final class JsonParts {

    private JsonParts() {}

    /**
     * Writes a pool.
     *
     * @param detached jobs that wait for the pool in the store
     */
    public static void pool(JsonWriter json, PoolView pool, long detached) {
        PoolSettings settings = pool.settings();
        json.beginObject();
        json.name("name").value(pool.name());
        json.name("kind").value(settings.kind().word());
        json.name("size").value(settings.size());
        json.name("state").value(pool.state().word());
        json.name("reason").value(pool.reason());
        json.name("queued").value(pool.queued() + detached);
        json.name("running").value(pool.running());
        json.name("settings");
        settings(json, settings);
        json.name("counters");
        counters(json, pool.counters());
        json.endObject();
    }

    private static void settings(JsonWriter json, PoolSettings settings) {
        json.beginObject();
        json.name("queue_capacity").value(settings.queueCapacity());
        seconds(json.name("default_timeout"), settings.defaultTimeout());
        seconds(json.name("max_timeout"), settings.maxTimeout());
        number(json.name("max_tasks_per_child"), settings.maxTasksPerChild());
        json.name("threads_per_worker").value(settings.threadsPerWorker());
        number(json.name("memory_limit"), settings.memoryLimit());
        initializer(json.name("initializer"), settings.initializer());
        seconds(json.name("idle_timeout"), settings.idleTimeout());
        json.name("runtime").value(settings.runtime());
        json.name("sandbox").value(settings.sandbox().word());
        json.name("network").value(settings.network());
        json.endObject();
    }

    private static void initializer(JsonWriter json, @Nullable Initializer initializer) {
        if (initializer == null) {
            json.nullValue();
            return;
        }
        json.beginObject();
        json.name("function").value(initializer.function());
        json.name("args").value(initializer.args());
        json.name("kwargs").value(initializer.kwargs());
        json.endObject();
    }

    private static void counters(JsonWriter json, PoolView.Counters counters) {
        json.beginObject();
        json.name("submitted").value(counters.submitted());
        json.name("succeeded").value(counters.succeeded());
        json.name("failed").value(counters.failed());
        json.name("timed_out").value(counters.timedOut());
        json.name("cancelled").value(counters.cancelled());
        json.name("expired").value(counters.expired());
        json.name("worker_lost").value(counters.workerLost());
        json.name("rejected").value(counters.rejected());
        json.name("workers_started").value(counters.workersStarted());
        json.name("workers_lost").value(counters.workersLost());
        json.endObject();
    }

    /**
     * Writes a worker.
     *
     * @param tenant the caller's tenant: job ids of other tenants are omitted
     */
    public static void worker(JsonWriter json, WorkerView worker, Tenant tenant) {
        json.beginObject();
        json.name("id").value(worker.id());
        number(json.name("pid"), worker.pid());
        json.name("state").value(worker.state());
        json.name("running").beginArray();
        for (WorkerView.Running running : worker.running()) {
            if (tenant.sees(running.tenant().name())) {
                json.value(running.job().toString());
            }
        }
        json.endArray();
        json.name("calls").value(worker.calls());
        number(json.name("rss_bytes"), worker.rssBytes());
        time(json.name("started_at"), worker.startedAt());
        json.endObject();
    }

    private static void number(JsonWriter json, @Nullable Number number) {
        if (number == null) {
            json.nullValue();
        } else {
            json.value(number.longValue());
        }
    }

    private static void seconds(JsonWriter json, @Nullable Duration duration) {
        if (duration == null) {
            json.nullValue();
        } else {
            json.literal(Seconds.text(duration));
        }
    }

    public static void time(JsonWriter json, @Nullable Instant time) {
        json.value(time == null ? null : TimeText.of(time));
    }
}
