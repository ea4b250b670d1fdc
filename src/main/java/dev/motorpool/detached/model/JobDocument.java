package dev.motorpool.detached.model;

import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.Seconds;
import dev.motorpool.job.ShownJob;
import dev.motorpool.job.request.TimeText;
import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the JSON of jobs, member by member in the order of the API description. */
public final class JobDocument {

    private JobDocument() {}

    /** Writes a job for a list: without its value, its attempts and its place. */
    public static void listed(JsonWriter json, JobView view) {
        json.beginObject();
        before(json, view.job());
        after(json, view.job(), true);
        waiting(json, view, true);
        json.endObject();
    }

    /** Writes a job without its value. */
    public static void withoutValue(JsonWriter json, JobView view) {
        json.beginObject();
        before(json, view.job());
        after(json, view.job(), true);
        details(json, view, true);
        json.endObject();
    }

    /** Writes a job without the contents that its submitter or its function chose: tags, messages, progress, value. */
    public static void outline(JsonWriter json, JobView view) {
        json.beginObject();
        before(json, view.job());
        after(json, view.job(), false);
        details(json, view, false);
        json.endObject();
    }

    /** The text before the value of a job. */
    public static RawJson head(ShownJob job) {
        JsonWriter json = new JsonWriter();
        json.beginObject();
        before(json, job);
        json.name("value");
        return json.toRawJson();
    }

    /**
     * The text after the value of a job.
     *
     * @param view the attempts and the place of a detached job; null for a job that its client has waited for
     * @param open whether further members follow
     */
    public static RawJson tail(ShownJob job, @Nullable JobView view, boolean open) {
        JsonWriter json = new JsonWriter();
        json.beginObject();
        after(json, job, true);
        if (view != null) {
            details(json, view, true);
        }
        if (!open) {
            json.endObject();
        }
        RawJson text = json.toRawJson();
        // The members continue the object that the head began: replace the brace by a comma.
        text.bytes()[text.offset()] = ',';
        return text;
    }

    /**
     * Writes a whole job.
     *
     * @param value of the job; null omits the member
     * @param errors the JSON array of the errors of a map that collects; null omits the member
     */
    public static void whole(JsonWriter json, JobView view, @Nullable RawJson value, @Nullable RawJson errors) {
        json.beginObject();
        before(json, view.job());
        if (value != null) {
            json.name("value").value(value);
        }
        after(json, view.job(), true);
        details(json, view, true);
        if (errors != null) {
            json.name("errors").value(errors);
        }
        json.endObject();
    }

    private static void before(JsonWriter json, ShownJob job) {
        json.name("id").value(job.id().toString());
        JobSpec spec = job.spec();
        json.name("verb").value(spec.verb());
        json.name("function").value(spec.function());
        json.name("pool").value(spec.pool());
        json.name("state").value(job.state().word());
    }

    /** @param whole false: see {@link #outline} */
    private static void after(JsonWriter json, ShownJob job, boolean whole) {
        Attempt latest = job.latest();
        error(json.name("error"), job.error(), whole);
        json.name("attempt").value(job.attempt());
        json.name("priority").value(job.spec().priority());
        json.name("tags").value(whole ? job.spec().tags() : Map.of());
        raw(json.name("progress"), whole ? job.progress() : null);
        time(json.name("created_at"), job.createdAt());
        time(json.name("started_at"), latest == null ? null : latest.startedAt());
        time(json.name("finished_at"), job.finishedAt());
        boolean waited = latest != null || job.state().isFinal();
        seconds(json.name("queue_seconds"), waited, job.queueNanos());
        boolean ran = latest != null && latest.finishedAt() != null;
        seconds(json.name("run_seconds"), ran, job.runNanos());
        worker(json.name("worker"), latest);
    }

    private static void details(JsonWriter json, JobView view, boolean whole) {
        json.name("attempts").beginArray();
        for (Attempt attempt : view.attempts()) {
            json.beginObject();
            json.name("attempt").value(attempt.number());
            time(json.name("started_at"), attempt.startedAt());
            time(json.name("finished_at"), attempt.finishedAt());
            worker(json.name("worker"), attempt);
            error(json.name("error"), attempt.error(), whole);
            json.endObject();
        }
        json.endArray();
        JobView.Place place = view.place();
        if (place != null) {
            Long position = place.position();
            if (position == null) {
                json.name("position").nullValue();
            } else {
                json.name("position").value(position);
            }
            time(json.name("estimated_start"), place.estimatedStart());
        }
        waiting(json, view, whole);
    }

    /** @param whole false: without the sentence, in which a pool's reason may quote what its workers printed */
    private static void waiting(JsonWriter json, JobView view, boolean whole) {
        json.name("waiting");
        Waiting waiting = view.waiting();
        if (waiting == null) {
            json.nullValue();
            return;
        }
        json.beginObject();
        json.name("for").value(waiting.reason().word());
        time(json.name("since"), waiting.since());
        if (whole) {
            json.name("detail").value(waiting.detail());
        }
        json.endObject();
    }

    private static void worker(JsonWriter json, @Nullable Attempt attempt) {
        String id = attempt == null ? null : attempt.workerId();
        if (attempt == null || id == null) {
            json.nullValue();
        } else {
            json.beginObject();
            json.name("id").value(id);
            json.name("pid").value(attempt.pid());
            json.endObject();
        }
    }

    private static void time(JsonWriter json, @Nullable Instant time) {
        json.value(time == null ? null : TimeText.of(time));
    }

    private static void seconds(JsonWriter json, boolean known, long nanos) {
        if (known) {
            json.literal(Seconds.text(Math.max(0, nanos)));
        } else {
            json.nullValue();
        }
    }

    /** @param whole false: only its type */
    private static void error(JsonWriter json, @Nullable RawJson error, boolean whole) {
        if (whole || error == null) {
            raw(json, error);
            return;
        }
        json.beginObject();
        for (JsonCursor members = new JsonCursor(error); members.next(); ) {
            if (members.name().equals("type")) {
                json.name("type").value(members.value());
            }
        }
        json.endObject();
    }

    private static void raw(JsonWriter json, @Nullable RawJson value) {
        if (value == null) {
            json.nullValue();
        } else {
            json.value(value);
        }
    }
}
