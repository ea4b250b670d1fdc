package dev.motorpool.log;

import org.slf4j.Logger;

/** Logs refusals of pools, rate-limited by pool and reason. */
final class PoolRefusals implements AutoCloseable {

    private record Refusal(String pool, String reason) {}

    private final RateLimitedLog<Refusal> rateLimitedLog;

    /** @param text of the line */
    PoolRefusals(Logger log, String text) {
        this.rateLimitedLog = new RateLimitedLog<>((refusal, count) -> log.atWarn()
                .addKeyValue("pool", refusal.pool)
                .addKeyValue("reason", refusal.reason)
                .addKeyValue("count", count)
                .log(text));
    }

    void add(String pool, String reason) {
        rateLimitedLog.add(new Refusal(pool, reason));
    }

    /** Logs the remaining counts. */
    @Override
    public void close() {
        rateLimitedLog.close();
    }
}
