package dev.motorpool.function;

import org.jspecify.annotations.Nullable;

/** A call's view of itself, given to a function that has a parameter of this type. */
public interface CallContext {

    /** True once nobody wants the result any more: the function should return or throw soon. */
    boolean cancelled();

    /** Says how far the call is: {@code done} of {@code total} units. Cheap; what comes too fast is thinned out. */
    void progress(long done, long total, String message);

    /** Which try of its job this call is, from 1. */
    int attempt();

    /** The trace that the call belongs to, for requests that it makes; null if it belongs to none. */
    default @Nullable TraceContext traceContext() {
        return null;
    }
}
