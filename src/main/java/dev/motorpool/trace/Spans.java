package dev.motorpool.trace;

import dev.motorpool.function.TraceContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Records spans, if tracing is configured. Thread-safe; no method blocks. */
public interface Spans {

    /** Records none. */
    Spans NONE = new Spans() {
        @Override
        public boolean wanted() {
            return false;
        }

        @Override
        public @Nullable OpenSpan request(String name, @Nullable TraceContext caller) {
            return null;
        }

        @Override
        public @Nullable OpenSpan part(String name, TraceContext of, Instant start) {
            return null;
        }

        @Override
        public @Nullable OpenSpan sending(String name, TraceContext of) {
            return null;
        }
    };

    /** Whether spans are recorded. */
    boolean wanted();

    /**
     * Begins the span of an incoming request.
     *
     * @param caller the caller's trace context; null: a new trace begins
     * @return null if no spans are recorded
     */
    @Nullable
    OpenSpan request(String name, @Nullable TraceContext caller);

    /**
     * Begins a child of this span.
     *
     * @return null if no spans are recorded, or none of this trace
     */
    @Nullable
    OpenSpan part(String name, TraceContext of, Instant start);

    /** As {@link #part}, for an outgoing request that begins now. */
    @Nullable
    OpenSpan sending(String name, TraceContext of);
}
