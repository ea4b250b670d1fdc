package dev.motorpool.http;

import java.time.Duration;
import java.util.Set;

/**
 * What the configuration says about HTTP.
 *
 * @param allowedHosts names besides localhost, 127.0.0.1 and [::1] by which clients may call the service
 * @param bodyLimit bytes of one body
 * @param bodyBudget bytes of all bodies that are held at once
 * @param bodyTimeout how long one body may take to arrive
 * @param answerBudget bytes of all larger answers that are held at once because clients have not read them yet
 * @param answerTimeout how long a client may take to read one of them
 * @param streamIdle how long a stream's client may send nothing, or take nothing of what is written to it
 */
public record HttpSettings(
        Set<String> allowedHosts,
        int bodyLimit,
        long bodyBudget,
        Duration bodyTimeout,
        long answerBudget,
        Duration answerTimeout,
        Duration streamIdle) {

    public static HttpSettings defaults() {
        long quarter = Runtime.getRuntime().maxMemory() / 4;
        return new HttpSettings(
                Set.of(),
                16 << 20,
                Math.max(64L << 20, quarter),
                Duration.ofSeconds(30),
                Math.max(32L << 20, quarter),
                Duration.ofSeconds(60),
                Duration.ofMinutes(10));
    }
}
