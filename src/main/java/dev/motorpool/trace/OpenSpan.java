package dev.motorpool.trace;

import dev.motorpool.function.TraceContext;
import java.time.Instant;

/** A span that has begun. It is exported only once it has ended. Thread-safe; no method blocks. */
public interface OpenSpan {

    /** The trace context of its children. */
    TraceContext context();

    OpenSpan with(String attribute, String value);

    OpenSpan with(String attribute, long value);

    /** Marks it as an error. */
    OpenSpan failed();

    /** Ends it now. Called once. */
    void end();

    /** Ends it as of this moment. Called once. */
    void end(Instant at);
}
