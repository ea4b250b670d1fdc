package dev.motorpool.webhook;

import dev.motorpool.detached.model.Delivery;
import dev.motorpool.function.TraceContext;
import dev.motorpool.trace.OpenSpan;
import dev.motorpool.trace.Spans;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A try of a delivery within the trace of its job, if the job has one. Owned by the thread that tries. */
final class TracedTry {

    private final @Nullable TraceContext trace;
    private final @Nullable OpenSpan span;

    TracedTry(Spans spans, Delivery delivery) {
        this.trace = delivery.trace();
        this.span = trace == null ? null : spans.sending("webhook", trace);
        if (span != null) {
            span.with("motorpool.job", delivery.key().job().toString())
                    .with("motorpool.webhook", delivery.key().id())
                    .with("motorpool.receiver", delivery.receiver())
                    .with("motorpool.try", delivery.tries() + 1L);
        }
    }

    /** These headers, and those of the trace. */
    Map<String, String> headers(Map<String, String> others) {
        TraceContext context = span == null ? trace : span.context();
        if (context == null) {
            return others;
        }
        Map<String, String> headers = new HashMap<>(others);
        headers.put("traceparent", context.traceparent());
        if (context.tracestate() != null) {
            headers.put("tracestate", context.tracestate());
        }
        return headers;
    }

    void ended(WebhookResponse webhookResponse) {
        if (span == null) {
            return;
        }
        if (webhookResponse.answered()) {
            span.with("http.response.status_code", webhookResponse.status());
        }
        if (!webhookResponse.accepted()) {
            span.failed();
        }
        span.end();
    }
}
