package dev.motorpool.app;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Of what Boot would make for traces it lets through what sends them by OTLP, and that only where it is known where to;
 * the rest is never used. Named in {@code spring.factories}; asked before any of these classes is loaded, also of those
 * that they import.
 */
final class TracesWhereConfigured implements AutoConfigurationImportFilter, EnvironmentAware {

    static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

    private static final String TRACING = "org.springframework.boot.micrometer.tracing.";
    private static final String OPEN_TELEMETRY = "org.springframework.boot.opentelemetry.";

    /** Observations as spans, logs by OTLP, another protocol: the service has no use for them. */
    private static final List<String> UNUSED = List.of(
            TRACING + "autoconfigure.",
            TRACING + "opentelemetry.autoconfigure.zipkin.",
            OPEN_TELEMETRY + "autoconfigure.logging.");

    /** Set before anything is asked. */
    private boolean configured;

    @Override
    public void setEnvironment(Environment environment) {
        configured = environment.containsProperty(ENDPOINT);
    }

    @Override
    public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
        boolean[] wanted = new boolean[classes.length];
        for (int i = 0; i < classes.length; i++) {
            String name = classes[i];
            boolean traces = name != null && (name.startsWith(TRACING) || name.startsWith(OPEN_TELEMETRY));
            wanted[i] = !traces || (configured && UNUSED.stream().noneMatch(name::startsWith));
        }
        return wanted;
    }
}
