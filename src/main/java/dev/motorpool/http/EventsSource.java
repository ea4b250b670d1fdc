package dev.motorpool.http;

import dev.motorpool.detached.JobEvent;
import dev.motorpool.detached.JobEvents;
import dev.motorpool.job.JobError;
import dev.motorpool.json.JsonWriter;
import java.io.IOException;
import java.time.Duration;

/** What happens to a detached job, as events. */
final class EventsSource implements LiveStream.Source {

    private static final byte[] STATE = ByteText.ascii("state");
    private static final byte[] PROGRESS = ByteText.ascii("progress");
    private static final byte[] OUTPUT = ByteText.ascii("output");

    private final JobEvents events;
    private final JobAnswer answer;

    private long count;

    EventsSource(JobEvents events, JobAnswer answer) {
        this.events = events;
        this.answer = answer;
    }

    @Override
    public Step next(StreamText text, Duration atMost) throws Exception {
        JobEvent event = events.next(atMost);
        if (event == null) {
            return events.ended() ? Step.ENDED : Step.NOTHING;
        }
        switch (event) {
            case JobEvent.State state -> {
                text.begin(STATE, count);
                answer.write(text, answer.complete(state.job()));
            }
            case JobEvent.Progress progress -> {
                text.begin(PROGRESS, count);
                text.put(progress.progress());
            }
            case JobEvent.Output output -> {
                text.begin(OUTPUT, count);
                JsonWriter json = new JsonWriter();
                json.beginObject().name("text").value(output.text()).endObject();
                text.put(json.toRawJson());
            }
        }
        text.finish();
        count++;
        return Step.WRITTEN;
    }

    @Override
    public void wake() {
        events.wake();
    }

    @Override
    public void end(StreamText text, JobError why) throws IOException {
        ItemLines.end(text, count, count, -1, JsonParts.error(why));
    }
}
