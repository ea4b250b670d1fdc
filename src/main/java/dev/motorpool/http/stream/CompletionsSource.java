package dev.motorpool.http.stream;

import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.wait.Completions;
import dev.motorpool.http.render.ItemLines;
import dev.motorpool.http.render.JobAnswer;
import dev.motorpool.http.render.StreamText;
import dev.motorpool.http.route.ByteBudget;
import dev.motorpool.job.JobError;
import java.io.IOException;
import java.time.Duration;

/** Detached jobs as lines, each as soon as it is finished. */
public final class CompletionsSource implements LiveStream.Source {

    private final Completions completions;
    private final JobAnswer answer;
    private final ByteBudget.Held held;

    private long count;

    public CompletionsSource(Completions completions, JobAnswer answer, ByteBudget.Held held) {
        this.completions = completions;
        this.answer = answer;
        this.held = held;
    }

    @Override
    public Step next(StreamText text, Duration atMost) throws Exception {
        JobView job = completions.next(atMost);
        if (job != null) {
            text.begin(ItemLines.ITEM, count);
            answer.write(text, job, held);
            text.finish();
            count++;
            return Step.WRITTEN;
        }
        if (!completions.done()) {
            return Step.NOTHING;
        }
        ItemLines.end(text, count, count, -1, null);
        return Step.ENDED;
    }

    @Override
    public void wake() {
        completions.wake();
    }

    @Override
    public void end(StreamText text, JobError why) throws IOException {
        ItemLines.end(text, count, count, -1, why.toJson());
    }
}
