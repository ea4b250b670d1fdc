package dev.motorpool.http.render;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.model.JobDocument;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.http.route.AnswerWriter;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.ByteBudget;
import dev.motorpool.http.route.ByteSink;
import dev.motorpool.http.route.ByteText;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.JobState;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes detached jobs into answers, with their values, which may be large. */
public final class JobAnswer {

    private static final byte[] ERRORS = ByteText.ascii(",\"errors\":");
    private static final byte[] VALUE = ByteText.ascii("{\"value\":");

    private final DetachedJobs jobs;
    private final AnswerWriter answers;

    public JobAnswer(DetachedJobs jobs, AnswerWriter answers) {
        this.jobs = jobs;
        this.answers = answers;
    }

    /** The job with its value loaded, if it has one. */
    JobView complete(JobView view) throws CallRefusedException {
        StoredJob job = view.job();
        if (job.state() != JobState.SUCCEEDED || job.spec().map() != null || view.value() != null) {
            return view;
        }
        return Objects.requireNonNullElse(jobs.find(job.id(), true), view);
    }

    /** Answers with the job and its value. */
    public void answer(ApiRequest apiRequest, int status, JobView view) throws Exception {
        MapValues values = values(view.job(), apiRequest.heldForAnswer());
        if (values == null) {
            apiRequest.answer(
                    status,
                    JobDocument.head(view.job()).buffer(),
                    value(view).buffer(),
                    JobDocument.tail(view.job(), view, false).buffer());
        } else if (apiRequest.head()) {
            apiRequest.answerHead();
        } else {
            apiRequest.answer(status, sink -> write(sink, view, values));
        }
    }

    /** Answers with the job after an operation on it; with its value and its messages if the caller may read. */
    public void answerDone(ApiRequest apiRequest, int status, JobView view) throws Exception {
        if (apiRequest.caller().reads()) {
            answer(apiRequest, status, complete(view));
        } else {
            JsonWriter json = new JsonWriter();
            JobDocument.outline(json, view);
            apiRequest.answer(status, json);
        }
    }

    /** Answers with the job, without its value. */
    public void answerWithoutValue(ApiRequest apiRequest, int status, JobView view) throws Exception {
        JsonWriter json = new JsonWriter();
        JobDocument.withoutValue(json, view);
        apiRequest.answer(status, json);
    }

    /** Answers with the value of a job that has succeeded. */
    public void answerValue(ApiRequest apiRequest, JobView view) throws Exception {
        MapValues values = values(view.job(), apiRequest.heldForAnswer());
        if (values == null) {
            apiRequest.answer(200, ByteBuffer.wrap(VALUE), value(view).buffer(), ByteBuffer.wrap(ItemLines.BRACE));
        } else if (apiRequest.head()) {
            apiRequest.answerHead();
        } else {
            apiRequest.answer(200, sink -> {
                sink.put(VALUE);
                values.values(sink);
                sink.put(ItemLines.BRACE);
            });
        }
    }

    /**
     * Writes the job and its value. Loads the value if necessary, and counts it against the budget while it is written.
     */
    public void write(ByteSink sink, JobView view, ByteBudget.Held held) throws Exception {
        MapValues values = values(view.job(), held);
        if (values != null) {
            write(sink, view, values);
            return;
        }
        @Nullable JobView whole = complete(view);
        int length = value(whole).length();
        if (held.take(length) != null) {
            // Uncounted bytes must not wait for room: drop the value and load it again.
            whole = null;
            answers.hold(held, length);
        }
        try {
            whole = whole == null ? complete(view) : whole;
            sink.put(JobDocument.head(whole.job()));
            sink.put(value(whole));
            sink.put(JobDocument.tail(whole.job(), whole, false));
        } finally {
            held.giveBack(length);
        }
    }

    private static void write(ByteSink sink, JobView view, MapValues values) throws Exception {
        sink.put(JobDocument.head(view.job()));
        values.values(sink);
        JobSpec.MapShape map = view.job().spec().map();
        boolean collects = map != null && map.collect();
        sink.put(JobDocument.tail(view.job(), view, collects));
        if (collects) {
            sink.put(ERRORS);
            values.errors(sink);
            sink.put(ItemLines.BRACE);
        }
    }

    private static RawJson value(JobView view) {
        return Objects.requireNonNullElse(view.value(), RawJson.NULL);
    }

    /** The values of a map that has succeeded; null for any other job. */
    private @Nullable MapValues values(StoredJob job, ByteBudget.Held held) {
        JobSpec.MapShape map = job.spec().map();
        return map == null || job.state() != JobState.SUCCEEDED
                ? null
                : new MapValues(jobs, answers, held, job.id(), map.count());
    }
}
