package dev.motorpool.http;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.JobDocument;
import dev.motorpool.detached.JobView;
import dev.motorpool.detached.NewJob;
import dev.motorpool.detached.StoredJob;
import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.JobState;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes detached jobs into answers, with their values, which may be large. */
final class JobAnswer {

    private static final byte[] ERRORS = ByteText.ascii(",\"errors\":");
    private static final byte[] VALUE = ByteText.ascii("{\"value\":");

    private final DetachedJobs jobs;
    private final AnswerWriter answers;

    JobAnswer(DetachedJobs jobs, AnswerWriter answers) {
        this.jobs = jobs;
        this.answers = answers;
    }

    /** The job with its value, if it has one that has not been loaded. */
    JobView complete(JobView view) throws CallRefusedException {
        StoredJob job = view.job();
        if (job.state() != JobState.SUCCEEDED || job.map() != null || view.value() != null) {
            return view;
        }
        return Objects.requireNonNullElse(jobs.find(job.id(), true), view);
    }

    /** Answers with the job and the value that it has. */
    void answer(Exchange exchange, int status, JobView view) throws Exception {
        MapValues values = values(view.job(), exchange.heldForAnswer());
        if (values == null) {
            exchange.answer(
                    status,
                    JobDocument.head(view.job()).buffer(),
                    value(view).buffer(),
                    JobDocument.tail(view, false).buffer());
        } else if (exchange.head()) {
            exchange.answerHead();
        } else {
            exchange.answer(status, sink -> write(sink, view, values));
        }
    }

    /** Answers with the job that something was done with; with its value and its messages to those who may read. */
    void answerDone(Exchange exchange, int status, JobView view) throws Exception {
        if (exchange.caller().reads()) {
            answer(exchange, status, complete(view));
        } else {
            JsonWriter json = new JsonWriter();
            JobDocument.outline(json, view);
            exchange.answer(status, json);
        }
    }

    /** Answers with the job alone. */
    void answerWithoutValue(Exchange exchange, int status, JobView view) throws Exception {
        JsonWriter json = new JsonWriter();
        JobDocument.withoutValue(json, view);
        exchange.answer(status, json);
    }

    /** Answers with the value of a job that has succeeded. */
    void answerValue(Exchange exchange, JobView view) throws Exception {
        MapValues values = values(view.job(), exchange.heldForAnswer());
        if (values == null) {
            exchange.answer(200, ByteBuffer.wrap(VALUE), value(view).buffer(), ByteBuffer.wrap(ItemLines.BRACE));
        } else if (exchange.head()) {
            exchange.answerHead();
        } else {
            exchange.answer(200, sink -> {
                sink.put(VALUE);
                values.values(sink);
                sink.put(ItemLines.BRACE);
            });
        }
    }

    /** Writes the job and its value, which is loaded if it has not been, and counted while it is written. */
    void write(ByteSink sink, JobView view, ByteBudget.Held held) throws Exception {
        MapValues values = values(view.job(), held);
        if (values != null) {
            write(sink, view, values);
            return;
        }
        @Nullable JobView whole = complete(view);
        int length = value(whole).length();
        if (held.take(length) != null) {
            // Nothing that is not counted waits for room: the value is loaded anew.
            whole = null;
            answers.hold(held, length);
        }
        try {
            whole = whole == null ? complete(view) : whole;
            sink.put(JobDocument.head(whole.job()));
            sink.put(value(whole));
            sink.put(JobDocument.tail(whole, false));
        } finally {
            held.giveBack(length);
        }
    }

    private static void write(ByteSink sink, JobView view, MapValues values) throws Exception {
        sink.put(JobDocument.head(view.job()));
        values.values(sink);
        NewJob.MapShape map = view.job().map();
        boolean collects = map != null && map.collect();
        sink.put(JobDocument.tail(view, collects));
        if (collects) {
            sink.put(ERRORS);
            values.errors(sink);
            sink.put(ItemLines.BRACE);
        }
    }

    private static RawJson value(JobView view) {
        return Objects.requireNonNullElse(view.value(), RawJson.NULL);
    }

    /** The values of a map that has succeeded; null of any other job. */
    private @Nullable MapValues values(StoredJob job, ByteBudget.Held held) {
        NewJob.MapShape map = job.map();
        return map == null || job.state() != JobState.SUCCEEDED
                ? null
                : new MapValues(jobs, answers, held, job.id(), map.count());
    }
}
