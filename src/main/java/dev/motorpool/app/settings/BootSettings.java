package dev.motorpool.app.settings;

import java.util.Map;
import org.springframework.core.env.Environment;

/** Rejects settings of Spring Boot with which the service would start and break its guarantees. */
public final class BootSettings {

    private static final Map<String, Boolean> NEEDED = Map.of(
            "server.http2.enabled", false,
            "spring.main.lazy-initialization", false,
            "management.prometheus.metrics.export.enabled", true);

    private static final Map<String, String> REASONS = Map.of(
            "server.http2.enabled",
                    "The service speaks HTTP/1.1: it watches each connection for its client's end."
                            + " Leave HTTP/2 to a proxy before it.",
            "spring.main.lazy-initialization",
                    "What counts and watches from the start on would be made too late, or never.",
            "management.prometheus.metrics.export.enabled",
                    "The pools are measured in Prometheus' own forms; who does not"
                            + " want them told does not ask for /actuator/prometheus.");

    private BootSettings() {}

    public static void require(Environment environment) {
        NEEDED.forEach((key, needed) -> {
            boolean set = environment.getProperty(key, Boolean.class, needed);
            if (set != needed) {
                throw new InvalidConfigurationException(
                        key + " is " + set + ", which does not go with this service.",
                        "Leave it out. " + REASONS.get(key));
            }
        });
    }
}
