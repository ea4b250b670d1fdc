package dev.motorpool.trace;

import dev.motorpool.function.TraceContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Keeps spans, where somebody wants them. Thread-safe; nothing here waits. */
public interface Spans {

    /** Keeps none. */
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

    /** Whether any are kept. */
    boolean wanted();

    /**
     * A request that has come.
     *
     * @param caller the trace that it belongs to; null: one begins here
     * @return null if no spans are kept
     */
    @Nullable
    OpenSpan request(String name, @Nullable TraceContext caller);

    /**
     * A part of what this trace is about.
     *
     * @return null if no spans are kept, or none of this trace
     */
    @Nullable
    OpenSpan part(String name, TraceContext of, Instant start);

    /** As {@link #part}, for a request that is sent, from now on. */
    @Nullable
    OpenSpan sending(String name, TraceContext of);
}
