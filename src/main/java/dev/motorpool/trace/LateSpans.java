package dev.motorpool.trace;

import dev.motorpool.function.TraceContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Drops spans until a recorder is set: pools start before OpenTelemetry is available, if it ever is. */
public final class LateSpans implements Spans {

    /** Set once by {@link #keepIn}, read by all. */
    private volatile Spans keeper = Spans.NONE;

    /** Sets the recorder of later spans. */
    public void keepIn(Spans spans) {
        keeper = spans;
    }

    @Override
    public boolean wanted() {
        return keeper.wanted();
    }

    @Override
    public @Nullable OpenSpan request(String name, @Nullable TraceContext caller) {
        return keeper.request(name, caller);
    }

    @Override
    public @Nullable OpenSpan part(String name, TraceContext of, Instant start) {
        return keeper.part(name, of, start);
    }

    @Override
    public @Nullable OpenSpan sending(String name, TraceContext of) {
        return keeper.sending(name, of);
    }
}
