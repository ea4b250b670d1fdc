package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of a running service match the documentation. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class MetricsTest {

    private static final Path TABLE = Path.of("docs", "operations.md");
    private static final Pattern ROW =
            Pattern.compile("\\| `(motorpool_\\w+)` \\| (counter|gauge|histogram) \\|([^|]*)\\| .*");
    private static final Pattern TYPE = Pattern.compile("# TYPE (motorpool_\\w+) (\\w+)");
    private static final Pattern SAMPLE = Pattern.compile("(motorpool_\\w+?)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    @TempDir
    Path home;

    @Test
    void theTableNamesWhatThereIsWithItsTypeAndLabels() throws Exception {
        Map<String, String> table = table();
        assertThat(table).isNotEmpty();
        try (ServiceProcess service = ServiceProcess.start(
                home,
                "--motorpool.demo-functions=true",
                "--motorpool.tenants.default.running=100",
                "--motorpool.tenants.default.bytes=1GB",
                "--motorpool.pools.crowded.kind=thread",
                "--motorpool.pools.crowded.size=1",
                "--motorpool.pools.crowded.queue-capacity=1")) {
            assertThat(service.get("/actuator/prometheus").body())
                    .contains("motorpool_jobs_ended_total{function=\"raise\",state=\"failed\"} 0.0");
            provoke(service);
            Eventually.within(
                    Duration.ofSeconds(30), () -> assertThat(told(service)).isEqualTo(table));
        }
    }

    @Test
    void requestsOfTheApiAreToldLikeThoseOfSpring() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home)) {
            assertThat(service.post("/v1/apply", "{\"function\":\"fib\",\"args\":[20]}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(service.post("/v1/apply", "{}").statusCode()).isEqualTo(400);
            assertThat(service.get("/v1/jobs/nothing").statusCode()).isBetween(400, 499);
            assertThat(service.get("/nothing").statusCode()).isEqualTo(404);
            service.get("/actuator/prometheus");
            Eventually.within(Duration.ofSeconds(10), () -> assertThat(requests(service))
                    .contains(
                            "POST /v1/apply 200 SUCCESS 1",
                            "POST /v1/apply 400 CLIENT_ERROR 1",
                            "GET UNKNOWN 404 CLIENT_ERROR 1")
                    .anyMatch(line -> line.startsWith("GET /v1/jobs/{id} 4"))
                    .anyMatch(line -> line.startsWith("GET /actuator/prometheus 200 SUCCESS ")));
        }
    }

    private static List<String> requests(ServiceProcess service) {
        Pattern line = Pattern.compile("http_server_requests_seconds_count\\{error=\"none\",exception=\"none\","
                + "method=\"(.*)\",outcome=\"(.*)\",status=\"(.*)\",uri=\"(.*)\"} (\\d+).*");
        try {
            return service.get("/actuator/prometheus")
                    .body()
                    .lines()
                    .map(line::matcher)
                    .filter(Matcher::matches)
                    .map(it -> String.join(" ", it.group(1), it.group(4), it.group(3), it.group(2), it.group(5)))
                    .toList();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Causes every event that has a metric. */
    private static void provoke(ServiceProcess service) throws Exception {
        assertThat(service.post("/v1/apply", "{\"function\":\"fib\",\"args\":[20]}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(service.post("/v1/apply", "{\"function\":\"crash\",\"args\":[9],\"pool\":\"processes\"}")
                        .statusCode())
                .isEqualTo(502);
        for (int i = 0; i < 4; i++) {
            service.post(
                    "/v1/apply_async", "{\"function\":\"raise\",\"args\":[\"x\"],\"retries\":1,\"retry_delay\":0}");
        }
        assertThat(service.post("/v1/pools/crowded/pause", "").statusCode()).isEqualTo(200);
        String call = "{\"function\":\"echo\",\"args\":[1],\"pool\":\"crowded\",\"expires\":%s}";
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                // Another call may have come first, and keeps its place until it expires.
                while (service.post("/v1/apply", call.formatted("60")).statusCode() == 429) {
                    Thread.onSpinWait();
                }
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        Eventually.until(Duration.ofSeconds(10), () -> {
            assertThat(service.post("/v1/apply", call.formatted("0.2")).statusCode())
                    .isEqualTo(429);
            return true;
        });
        assertThat(service.post("/v1/pools/crowded/resume", "").statusCode()).isEqualTo(200);
        waiting.join();
    }

    /** Name to type and labels. */
    private static Map<String, String> table() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        for (String line : Files.readAllLines(TABLE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Set<String> labels = new TreeSet<>(
                        List.of(row.group(3).replace("`", "").trim().split(", ")));
                labels.remove("");
                rows.put(row.group(1), row.group(2) + " " + labels);
            }
        }
        return rows;
    }

    private static Map<String, String> told(ServiceProcess service) {
        String text;
        try {
            text = service.get("/actuator/prometheus").body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        Map<String, String> types = new TreeMap<>();
        Map<String, Set<String>> labels = new TreeMap<>();
        for (String line : text.lines().toList()) {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (sample.matches()) {
                String name = sample.group(1).replaceFirst("_(bucket|count|sum)$", "");
                Set<String> its = labels.computeIfAbsent(name, key -> new TreeSet<>());
                Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
                while (label.find()) {
                    its.add(label.group(1));
                }
                its.remove("le");
            }
        }
        Map<String, String> told = new TreeMap<>();
        types.forEach((name, type) -> told.put(name, type + " " + labels.get(name)));
        return told;
    }
}
