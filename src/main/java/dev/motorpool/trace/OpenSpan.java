package dev.motorpool.trace;

import dev.motorpool.function.TraceContext;
import java.time.Instant;

/** What takes a while, as a trace shows it. One that is not ended is never shown. Thread-safe; nothing here waits. */
public interface OpenSpan {

    /** What belongs to it has this as its trace. */
    TraceContext context();

    OpenSpan with(String attribute, String value);

    OpenSpan with(String attribute, long value);

    /** Marks it as an error. */
    OpenSpan failed();

    /** It is over. Once. */
    void end();

    /** It was over at this moment. Once. */
    void end(Instant at);
}
