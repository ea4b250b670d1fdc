package dev.motorpool.webhook;

import dev.motorpool.job.Seconds;
import dev.motorpool.job.request.TimeText;
import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The latest tries of a delivery, in the API's form. */
final class TryLog {

    /** Maximum tries that are kept. */
    static final int MOST = 20;

    private static final int LONGEST_ERROR = 300;

    private TryLog() {}

    /** The log with one more try, and without the oldest if there are too many. */
    static RawJson with(RawJson log, Instant at, WebhookResponse webhookResponse, long nanos) {
        List<RawJson> tries = new ArrayList<>();
        JsonCursor cursor = new JsonCursor(log);
        while (cursor.next()) {
            tries.add(cursor.value());
        }
        JsonWriter json = new JsonWriter().beginArray();
        tries.subList(Math.max(0, tries.size() + 1 - MOST), tries.size()).forEach(json::value);
        json.beginObject();
        json.name("at").value(TimeText.of(at));
        if (webhookResponse.answered()) {
            json.name("status").value(webhookResponse.status());
        } else {
            json.name("status").nullValue();
        }
        json.name("error").value(plain(webhookResponse.error()));
        json.name("seconds").literal(Seconds.text(Math.max(0, nanos)));
        return json.endObject().endArray().toRawJson();
    }

    /** Errors contain texts of receivers and libraries, in any characters. */
    private static @Nullable String plain(@Nullable String error) {
        if (error == null) {
            return null;
        }
        String plain = error.replaceAll("[^ -~]+", " ").strip();
        return plain.length() <= LONGEST_ERROR ? plain : plain.substring(0, LONGEST_ERROR) + "...";
    }
}
