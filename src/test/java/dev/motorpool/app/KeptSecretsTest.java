package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.ServiceProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service that is configured only by environment variables and listens everywhere, and the environment of its
 * workers.
 */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class KeptSecretsTest {

    /** SHA-256 of "password". */
    private static final String HASH = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "SERVER_ADDRESS", "0.0.0.0",
            "MOTORPOOL_SECURITY_KEYS_OPS_SHA256", HASH,
            "MOTORPOOL_SECURITY_KEYS_OPS_RIGHTS", "submit,read,operate",
            "MOTORPOOL_POOLS_PROCESSES_SIZE", "1",
            "MOTORPOOL_POOLS_EXTRA_KIND", "thread",
            "MOTORPOOL_POOLS_EXTRA_SIZE", "3",
            "MOTORPOOL_FETCH_ALLOW", "10.0.0.0/8,192.168.0.0/16",
            // As Kubernetes sets it for a service of that name.
            "MOTORPOOL_SERVICE_HOST", "10.0.0.1",
            "MOTORPOOL_PORT", "tcp://10.0.0.1:8080",
            "DATABASE_PASSWORD", "the-password-of-a-database");

    @Test
    void workersGetNeitherTheSecretsNorTheDescriptorsOfTheService(@TempDir Path data) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(ENVIRONMENT, data)) {
            assertThat(service.get("/v1/pools/extra").statusCode()).isEqualTo(401);
            assertThat(service.get("/v1/pools/extra", "X-API-Key", "password").body())
                    .contains("\"kind\":\"thread\"", "\"size\":3");
            List<ProcessHandle> workers = service.process().descendants().toList();
            assertThat(workers).hasSizeGreaterThanOrEqualTo(4);
            for (ProcessHandle worker : workers) {
                Path place = Path.of("/proc", Long.toString(worker.pid()));
                String environment = Files.readString(place.resolve("environ"), StandardCharsets.ISO_8859_1);
                assertThat(environment).contains("MOTORPOOL_WORKER=");
                assertThat(environment.replaceFirst("MOTORPOOL_WORKER=", "").replaceFirst("MOTORPOOL_ACCEPTED=", ""))
                        .doesNotContain(HASH, "MOTORPOOL_", "DATABASE_PASSWORD", "the-password");
                assertThat(Files.readString(place.resolve("cmdline"), StandardCharsets.ISO_8859_1))
                        .doesNotContain(HASH, "the-password");
                for (String open : descriptors(place)) {
                    assertThat(open).doesNotContain("socket:", "motorpool.db", "/lock", "webhook-secret", "spring");
                }
            }
            assertThat(service.output()).doesNotContain(HASH, "password", "ERROR");
            // The request without a key is logged, and nothing else.
            assertThat(service.output().lines().filter(line -> line.contains("WARN")))
                    .allMatch(line -> line.contains("Requests rejected because of their key"));
        }
    }

    private static List<String> descriptors(Path process) throws IOException {
        List<String> open = new ArrayList<>();
        try (Stream<Path> all = Files.list(process.resolve("fd"))) {
            for (Path each : all.toList()) {
                open.add(Files.readSymbolicLink(each).toString());
            }
        }
        return open;
    }
}
