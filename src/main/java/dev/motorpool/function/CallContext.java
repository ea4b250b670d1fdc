package dev.motorpool.function;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A call's view of itself, given to a function that has a parameter of this type. */
public interface CallContext {

    /** True once nobody wants the result any more: the function should return or throw soon. */
    boolean cancelled();

    /** Reports how far the call is: {@code done} of {@code total} units. Of frequent reports only some are sent. */
    void progress(long done, long total, String message);

    /** The attempt of the call's job, from 1. */
    int attempt();

    /** The id of the call's job; empty if it is not known. */
    default String job() {
        return "";
    }

    /** The name of the function; empty if it is not known. */
    default String function() {
        return "";
    }

    /** The name of the pool that runs the call; empty if it is not known. */
    default String pool() {
        return "";
    }

    /** When the time limit of the call ends; null without a limit. */
    default @Nullable Instant deadline() {
        return null;
    }

    /** The trace that the call belongs to, for requests that it makes; null if it belongs to none. */
    default @Nullable TraceContext traceContext() {
        return null;
    }

    /** The HTTP header {@code traceparent} for requests of the call; null if it belongs to no trace. */
    default @Nullable String traceparent() {
        TraceContext trace = traceContext();
        return trace == null ? null : trace.traceparent();
    }

    /** The HTTP header {@code tracestate} for requests of the call; null if there is none. */
    default @Nullable String tracestate() {
        TraceContext trace = traceContext();
        return trace == null ? null : trace.tracestate();
    }
}
