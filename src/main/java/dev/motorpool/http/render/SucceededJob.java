package dev.motorpool.http.render;

import dev.motorpool.http.route.ByteText;
import dev.motorpool.job.Job;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Outcome;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The JSON of a job that has succeeded, written in one pass because every {@code apply} needs it. The value, which may
 * be large, is not copied.
 */
public final class SucceededJob {

    private static final byte[] ID = ByteText.ascii("{\"id\":\"");
    private static final byte[] VERB = ByteText.ascii("\",\"verb\":\"");
    private static final byte[] FUNCTION = ByteText.ascii("\",\"function\":");
    private static final byte[] POOL = ByteText.ascii(",\"pool\":\"");
    private static final byte[] VALUE = ByteText.ascii("\",\"state\":\"succeeded\",\"value\":");
    private static final byte[] ATTEMPT = ByteText.ascii(",\"error\":null,\"attempt\":");
    private static final byte[] PRIORITY = ByteText.ascii(",\"priority\":");
    private static final byte[] TAGS = ByteText.ascii(",\"tags\":");
    private static final byte[] NO_TAGS = ByteText.ascii("{}");
    private static final byte[] CREATED = ByteText.ascii(",\"progress\":null,\"created_at\":\"");
    private static final byte[] STARTED = ByteText.ascii("\",\"started_at\":\"");
    private static final byte[] FINISHED = ByteText.ascii("\",\"finished_at\":\"");
    private static final byte[] QUEUE_SECONDS = ByteText.ascii("\",\"queue_seconds\":");
    private static final byte[] RUN_SECONDS = ByteText.ascii(",\"run_seconds\":");
    private static final byte[] WORKER = ByteText.ascii(",\"worker\":{\"id\":\"");
    private static final byte[] PID = ByteText.ascii("\",\"pid\":");
    private static final byte[] END = ByteText.ascii("}}");

    /** Room for the members before the value, and for those after it without tags. */
    private static final int ROOM = 320;

    /** Names of functions as JSON, one entry for each function. */
    private static final Map<String, byte[]> FUNCTION_NAMES = new ConcurrentHashMap<>();

    private SucceededJob() {}

    /** The text before the value, the value, and the text after it. */
    public static ByteBuffer[] parts(Job job, RawJson value, Outcome.Run run) {
        ByteText head = new ByteText(ROOM);
        head.put(ID).id(job.id());
        head.put(VERB).put(job.verb());
        head.put(FUNCTION).put(FUNCTION_NAMES.computeIfAbsent(job.function(), SucceededJob::quoted));
        // Names of pools need no escaping.
        head.put(POOL).put(job.pool());
        head.put(VALUE);
        return new ByteBuffer[] {head.buffer(), value.buffer(), tail(job, run).buffer()};
    }

    private static ByteText tail(Job job, Outcome.Run run) {
        ByteText text = new ByteText(ROOM);
        text.put(ATTEMPT).put(job.attempt());
        text.put(PRIORITY).put(job.priority());
        text.put(TAGS);
        tags(text, job.tags());
        text.put(CREATED).time(job.createdAt());
        text.put(STARTED).time(run.startedAt());
        text.put(FINISHED).time(job.finishedAt());
        text.put(QUEUE_SECONDS).seconds(job.queueNanos());
        text.put(RUN_SECONDS).seconds(run.runNanos());
        text.put(WORKER).put(run.workerId());
        text.put(PID).put(run.pid());
        return text.put(END);
    }

    private static byte[] quoted(String name) {
        return new JsonWriter().value(name).toRawJson().toByteArray();
    }

    private static void tags(ByteText text, Map<String, String> tags) {
        if (tags.isEmpty()) {
            text.put(NO_TAGS);
            return;
        }
        JsonWriter json = new JsonWriter().beginObject();
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            json.name(tag.getKey()).value(tag.getValue());
        }
        RawJson object = json.endObject().toRawJson();
        text.put(object.bytes(), object.offset(), object.length());
    }
}
