package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;

/** The actuator on its own port has the same filter. */
@Tag("slow")
class ManagementPortTest {

    private static final List<String> OWN_PORT = List.of(
            "--management.server.port=0",
            "--management.server.address=127.0.0.1",
            // Endpoints that an operator exposes are still not served.
            "--management.endpoints.web.exposure.include=*");

    private static ServiceExtension.Service service(List<String> more) {
        List<String> settings = new ArrayList<>(OWN_PORT);
        settings.addAll(more);
        return new ServiceExtension.Service(settings.toArray(String[]::new));
    }

    private static Answer get(ServiceExtension.Service service, String target, String headers) throws IOException {
        try (RawConnection connection = new RawConnection(port(service))) {
            return connection
                    .send("GET " + target + " HTTP/1.1\r\n" + headers + "\r\n")
                    .read();
        }
    }

    @Test
    void itNeedsTheSameKeys() throws IOException {
        try (ServiceExtension.Service service = service(TestKeys.settings("scraper", "read", "of the scraper"))) {
            String keyed = "Host: any\r\nX-API-Key: of the scraper\r\n";
            get(service, "/actuator/health/readiness", "Host: any\r\n").is(200);
            get(service, "/actuator/prometheus", "Host: any\r\n").isProblem(ProblemType.UNAUTHORIZED);
            assertThat(get(service, "/actuator/prometheus", keyed).is(200).text())
                    .contains("motorpool_queue_depth");
            for (String target : List.of("/actuator/env", "/actuator/heapdump", "/v1/pools", "/nothing", "/error")) {
                get(service, target, "Host: any\r\n").isProblem(ProblemType.UNAUTHORIZED);
                get(service, target, keyed).isProblem(ProblemType.UNKNOWN_PATH);
            }
            get(service, "/actuator/health/nothing", keyed).isProblem(ProblemType.UNKNOWN_PATH);
        }
    }

    @Test
    void withoutKeysItIsForKnownNamesAndTheActuatorLeavesTheOtherPort() throws IOException {
        try (ServiceExtension.Service service = service(List.of())) {
            get(service, "/actuator/prometheus", "Host: localhost\r\n").is(200);
            get(service, "/actuator/prometheus", "Host: evil.example\r\n").isProblem(ProblemType.MISDIRECTED);
            get(service, "/actuator/prometheus", "Host: localhost\r\nOrigin: http://evil.example\r\n")
                    .isProblem(ProblemType.FORBIDDEN);
            get(service, "/actuator/env", "Host: localhost\r\n").isProblem(ProblemType.UNKNOWN_PATH);
            for (String target : List.of("/actuator/health", "/actuator/prometheus")) {
                service.client()
                        .checked("GET", "/nothing", plain(service, target))
                        .isProblem(ProblemType.UNKNOWN_PATH);
            }
        }
    }

    @Test
    void switchedOffThereIsNothingOfTheActuator() throws IOException {
        try (ServiceExtension.Service service = new ServiceExtension.Service("--management.server.port=-1")) {
            for (String target : List.of("/actuator/health", "/actuator/prometheus", "/actuator")) {
                service.client()
                        .checked("GET", "/nothing", plain(service, target))
                        .isProblem(ProblemType.UNKNOWN_PATH);
            }
            service.client().apply("{\"function\":\"echo\",\"args\":[1]}").is(200);
        }
    }

    private static int port(ServiceExtension.Service service) {
        String port = service.part(Environment.class).getProperty("local.management.port");
        return Integer.parseInt(Objects.requireNonNull(port));
    }

    private static Answer plain(ServiceExtension.Service service, String target) throws IOException {
        try (RawConnection connection = service.client().connect()) {
            return connection
                    .send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .read();
        }
    }
}
