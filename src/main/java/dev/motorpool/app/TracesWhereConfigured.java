package dev.motorpool.app;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Filters Boot's auto-configuration of traces: admits only the OTLP exporter, and only if an endpoint is configured.
 * Named in {@code spring.factories}; called before any of these classes is loaded, and for those that they import.
 */
final class TracesWhereConfigured implements AutoConfigurationImportFilter, EnvironmentAware {

    static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

    private static final String TRACING = "org.springframework.boot.micrometer.tracing.";
    private static final String OPEN_TELEMETRY = "org.springframework.boot.opentelemetry.";

    /** Observations as spans, logs by OTLP, another protocol: unused. */
    private static final List<String> UNUSED = List.of(
            TRACING + "autoconfigure.",
            TRACING + "opentelemetry.autoconfigure.zipkin.",
            OPEN_TELEMETRY + "autoconfigure.logging.");

    /** Set before the first match. */
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
