package dev.motorpool.app;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/**
 * Reports why the service does not start, with the remedy, as one line: Spring Boot's own report has many lines, and
 * lines of the log have no line breaks. Named in {@code spring.factories}; the logger of Boot's own report is off.
 */
final class RefusedStart implements FailureAnalysisReporter {

    private static final Logger LOG = LoggerFactory.getLogger(RefusedStart.class);

    @Override
    public void report(FailureAnalysis analysis) {
        LOG.atError()
                .log(() -> "The service does not start: " + oneLine(analysis.getDescription()) + " "
                        + oneLine(analysis.getAction()));
        LOG.debug("It failed with", analysis.getCause());
    }

    private static String oneLine(@Nullable String text) {
        String line = text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", " ");
        return line.isEmpty() || ".:!?".indexOf(line.charAt(line.length() - 1)) >= 0 ? line : line + ".";
    }
}
