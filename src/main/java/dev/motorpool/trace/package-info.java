/** Spans of requests, calls and webhooks, recorded with OpenTelemetry if tracing is configured. */
@NullMarked
package dev.motorpool.trace;

import org.jspecify.annotations.NullMarked;
