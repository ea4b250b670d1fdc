package dev.motorpool.http.stream;

import dev.motorpool.detached.model.JobEvent;
import dev.motorpool.detached.wait.JobEvents;
import dev.motorpool.http.render.ItemLines;
import dev.motorpool.http.render.JobAnswer;
import dev.motorpool.http.render.StreamText;
import dev.motorpool.http.route.ByteBudget;
import dev.motorpool.http.route.ByteText;
import dev.motorpool.job.JobError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** The events of a detached job. */
public final class EventsSource implements LiveStream.Source {

    private static final byte[] STATE = ByteText.ascii("state");
    private static final byte[] PROGRESS = ByteText.ascii("progress");
    private static final byte[] OUTPUT = ByteText.ascii("output");

    private static final byte[] TEXT = ByteText.ascii("{\"text\":\"");
    private static final byte[] QUOTE = ByteText.ascii("\"");
    private static final byte[] DROPPED = ByteText.ascii(",\"dropped\":");

    private final JobEvents events;
    private final JobAnswer answer;
    private final ByteBudget.Held held;

    private long count;

    public EventsSource(JobEvents events, JobAnswer answer, ByteBudget.Held held) {
        this.events = events;
        this.answer = answer;
        this.held = held;
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
                answer.write(text, state.job(), held);
            }
            case JobEvent.Progress progress -> {
                text.begin(PROGRESS, count);
                text.put(progress.progress());
            }
            case JobEvent.Output output -> {
                text.begin(OUTPUT, count);
                write(text, output);
            }
        }
        text.finish();
        count++;
        return Step.WRITTEN;
    }

    private static void write(StreamText text, JobEvent.Output output) {
        text.part(TEXT);
        for (ByteBuffer piece : output.text()) {
            text.part(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
        }
        text.part(QUOTE);
        if (output.dropped() > 0) {
            text.part(DROPPED).part(output.dropped());
        }
        text.part(ItemLines.BRACE);
    }

    @Override
    public void wake() {
        events.wake();
    }

    @Override
    public void end(StreamText text, JobError why) throws IOException {
        ItemLines.end(text, count, count, -1, why.toJson());
    }
}
