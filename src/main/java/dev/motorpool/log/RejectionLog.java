package dev.motorpool.log;

import dev.motorpool.http.auth.RejectionEvents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs rejected requests. Never logs what was sent as a key; logs the name of a known key. */
public final class RejectionLog implements RejectionEvents, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RejectionLog.class);

    private record Refusal(String reason, @Nullable String key) {}

    private final RateLimitedLog<Refusal> refusals = new RateLimitedLog<>(RejectionLog::refused);

    @Override
    public void refused(String reason, @Nullable String key) {
        refusals.add(new Refusal(reason, key));
    }

    private static void refused(Refusal refusal, long count) {
        LoggingEventBuilder line = LOG.atWarn().addKeyValue("reason", refusal.reason);
        if (refusal.key != null) {
            line = line.addKeyValue("key", refusal.key);
        }
        line.addKeyValue("count", count).log("Requests rejected because of their key");
    }

    /** Logs the remaining counts. */
    @Override
    public void close() {
        refusals.close();
    }
}
