package dev.motorpool.trace;

import dev.motorpool.function.TraceContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Passes spans to OpenTelemetry, whose sampler decides about traces that begin here. */
public final class OpenTelemetrySpans implements Spans {

    private final Tracer tracer;

    public OpenTelemetrySpans(OpenTelemetry openTelemetry) {
        this.tracer = openTelemetry.getTracer("dev.motorpool");
    }

    @Override
    public boolean wanted() {
        return true;
    }

    @Override
    public OpenSpan request(String name, @Nullable TraceContext caller) {
        return new Started(builder(name, caller).setSpanKind(SpanKind.SERVER).startSpan(), caller);
    }

    @Override
    public @Nullable OpenSpan part(String name, TraceContext of, Instant start) {
        return of.sampled()
                ? new Started(builder(name, of).setStartTimestamp(start).startSpan(), of)
                : null;
    }

    @Override
    public @Nullable OpenSpan sending(String name, TraceContext of) {
        return of.sampled()
                ? new Started(builder(name, of).setSpanKind(SpanKind.CLIENT).startSpan(), of)
                : null;
    }

    private SpanBuilder builder(String name, @Nullable TraceContext parent) {
        SpanBuilder builder = tracer.spanBuilder(name);
        if (parent == null) {
            return builder.setNoParent();
        }
        SpanContext remote = SpanContext.createFromRemoteParent(
                parent.traceId(),
                parent.spanId(),
                parent.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
                state(parent.tracestate()));
        return builder.setParent(Context.root().with(Span.wrap(remote)));
    }

    /** The parsed trace state, for samplers. The original text is what is passed on. */
    private static TraceState state(@Nullable String text) {
        if (text == null) {
            return TraceState.getDefault();
        }
        TraceStateBuilder state = TraceState.builder();
        String[] entries = text.split(",", -1);
        // The builder puts each entry before the earlier ones.
        for (int i = entries.length - 1; i >= 0; i--) {
            String[] entry = entries[i].strip().split("=", 2);
            if (entry.length == 2) {
                state.put(entry[0], entry[1]);
            }
        }
        return state.build();
    }

    private static final class Started implements OpenSpan {
        private final Span span;
        private final TraceContext context;

        Started(Span span, @Nullable TraceContext parent) {
            this.span = span;
            SpanContext its = span.getSpanContext();
            this.context = Objects.requireNonNull(TraceContext.read(
                    "00-" + its.getTraceId() + "-" + its.getSpanId() + "-"
                            + its.getTraceFlags().asHex(),
                    parent == null ? null : parent.tracestate()));
        }

        @Override
        public TraceContext context() {
            return context;
        }

        @Override
        public OpenSpan with(String attribute, String value) {
            span.setAttribute(attribute, value);
            return this;
        }

        @Override
        public OpenSpan with(String attribute, long value) {
            span.setAttribute(attribute, value);
            return this;
        }

        @Override
        public OpenSpan failed() {
            span.setStatus(StatusCode.ERROR);
            return this;
        }

        @Override
        public void end() {
            span.end();
        }

        @Override
        public void end(Instant at) {
            span.end(at);
        }
    }
}
