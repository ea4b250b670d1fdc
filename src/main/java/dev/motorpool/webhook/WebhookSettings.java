package dev.motorpool.webhook;

import java.time.Duration;

/**
 * Settings of webhooks.
 *
 * @param connectTimeout for a connection
 * @param answerTimeout for a whole try: resolving, connecting, sending, and the answer
 * @param answerLimit maximum bytes of an answer's body that are read
 * @param concurrency maximum concurrent tries to one receiver
 * @param retain how long a delivery that has ended can be queried
 * @param memory maximum bytes of all deliveries that wait in memory
 */
public record WebhookSettings(
        Duration connectTimeout,
        Duration answerTimeout,
        int answerLimit,
        int concurrency,
        Duration retain,
        long memory) {

    public static final WebhookSettings DEFAULT = new WebhookSettings(
            Duration.ofSeconds(5), Duration.ofSeconds(15), 64 << 10, 16, Duration.ofDays(1), 32L << 20);
}
