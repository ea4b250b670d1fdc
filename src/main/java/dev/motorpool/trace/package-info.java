/** What happens to requests, calls and webhooks, as spans of traces; kept by OpenTelemetry where that is configured. */
@NullMarked
package dev.motorpool.trace;

import org.jspecify.annotations.NullMarked;
