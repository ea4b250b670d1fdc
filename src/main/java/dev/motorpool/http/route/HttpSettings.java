package dev.motorpool.http.route;

import dev.motorpool.http.server.ConnectionRoom;
import dev.motorpool.job.stream.StreamBudget;
import dev.motorpool.pool.TenantLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.core.env.Environment;

/**
 * Settings of the HTTP layer.
 *
 * @param allowedHosts names besides localhost, 127.0.0.1 and [::1] by which clients may call the service
 * @param bodyLimit bytes of one body
 * @param items items of one map, or of a stream whose items come as one body
 * @param bodyBudget bytes of all bodies that are held at once
 * @param bodyTimeout how long one body may take to arrive
 * @param answerBudget bytes of all larger answers that are held at once because clients have not read them yet
 * @param answerTimeout how long a client may take to read one of them
 * @param streamBudget bytes of items and values that all streams of items hold at once
 * @param streamIdle how long a stream's client may send nothing, or take nothing of what is written to it
 * @param keys the API keys; none: no key is required
 * @param requestsPerCaller how many requests of one caller (API key, else address) may be in progress at once
 * @param tenants limits by tenant name, for tenants with limits
 */
public record HttpSettings(
        Set<String> allowedHosts,
        int bodyLimit,
        int items,
        long bodyBudget,
        Duration bodyTimeout,
        long answerBudget,
        Duration answerTimeout,
        long streamBudget,
        Duration streamIdle,
        List<ApiKey> keys,
        int requestsPerCaller,
        Map<String, TenantLimits> tenants) {

    /** Defaults for absent settings, in this environment. */
    public static HttpSettings defaults(Environment environment) {
        return defaults(ConnectionRoom.of(environment));
    }

    /**
     * The settings without any configuration.
     *
     * @param connections most connections open at once; negative: no limit
     */
    public static HttpSettings defaults(int connections) {
        long quarter = Runtime.getRuntime().maxMemory() / 4;
        return new HttpSettings(
                Set.of(),
                16 << 20,
                1_000_000,
                Math.max(64L << 20, quarter),
                Duration.ofSeconds(30),
                Math.max(32L << 20, quarter),
                Duration.ofSeconds(60),
                Math.max(StreamBudget.LEAST, quarter),
                Duration.ofMinutes(10),
                List.of(),
                ConnectionRoom.share(connections),
                Map.of());
    }
}
