package dev.motorpool.deploy;

import static dev.motorpool.deploy.Manifest.one;
import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A service with the chart's files behaves as the chart's probes, ServiceMonitor and clients expect. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class ChartServiceTest {

    private static final String VALUES = """
        pools: {processes: {size: 1}, threads: {size: 2}, coroutines: {size: 2}}
        managementPort: 9464
        tls: {existingSecret: certificate}
        webhooks: {secrets: [whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=]}
        """;
    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+) \\(https\\)");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    /** From its first use on, the library keeps two pipes. */
    @BeforeAll
    static void loadHelm() {
        Chart.template(VALUES);
    }

    @Test
    void tlsAndTheManagementPort() throws Exception {
        List<Manifest> manifests = Chart.template(VALUES);
        Path data = folder.resolve("data");
        Certificate certificate = new Certificate(Files.createDirectories(folder.resolve("tls/..first")));
        mount("..first");
        String locations =
                "file:" + file("settings", one(manifests, "ConfigMap").text("data", "application.yaml"))
                        + "/,file:" + file("keys", secret(manifests, "keys", "application.yaml")) + "/,file:"
                        + file("webhooks", secret(manifests, "webhooks", "application.yaml")) + "/";
        try (ServiceProcess service = ServiceProcess.start(
                        data,
                        "--spring.config.additional-location=" + locations,
                        "--server.address=127.0.0.1",
                        "--management.server.address=127.0.0.1",
                        "--management.server.port=0",
                        "--spring.ssl.bundle.watch.file.quiet-period=100ms",
                        "--logging.level.org.springframework.boot.tomcat=info");
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(certificate.trusting())
                        .build()) {
            Eventually.within(PATIENCE, () -> {
                assertThat(service.output()).contains("Ready on https");
                assertThat(ports(service)).hasSize(2);
            });
            URI calls = URI.create("https://localhost:" + ports(service).get(0));
            URI actuator = URI.create("https://localhost:" + ports(service).get(1));
            for (String path : List.of("/actuator/health/liveness", "/actuator/health/readiness")) {
                assertThat(get(client, actuator.resolve(path), "").statusCode()).isEqualTo(200);
            }
            URI metrics = actuator.resolve("/actuator/prometheus");
            assertThat(get(client, metrics, "").statusCode()).isEqualTo(401);
            assertThat(get(client, metrics, secret(manifests, "keys", "metrics"))
                            .body())
                    .contains("motorpool_queue_depth");
            String admin = secret(manifests, "keys", "admin");
            assertThat(get(client, calls.resolve("/v1/pools"), admin).statusCode())
                    .isEqualTo(200);
            assertThat(get(client, calls.resolve("/actuator/health/liveness"), admin)
                            .statusCode())
                    .isEqualTo(404);

            Certificate renewed = new Certificate(Files.createDirectories(folder.resolve("tls/..second")));
            mount("..second");
            Eventually.within(PATIENCE, () -> {
                for (URI port : List.of(calls, actuator)) {
                    answersWith(renewed, port.resolve("/actuator/health/liveness"));
                }
            });
        }
        // The webhook secret came from the chart's secret.
        assertThat(data.resolve("webhook-secret")).doesNotExist();
    }

    /** Mounts the files of this folder as the kubelet does: by a link that it replaces atomically. */
    private void mount(String version) throws IOException {
        Path tls = folder.resolve("tls");
        Path data = tls.resolve("..data");
        Path fresh = Files.createSymbolicLink(tls.resolve("..data_tmp"), Path.of(version));
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
        for (String file : List.of("tls.crt", "tls.key")) {
            if (!Files.exists(tls.resolve(file))) {
                Files.createSymbolicLink(tls.resolve(file), Path.of("..data", file));
            }
        }
    }

    /** Fails if the certificate differs; any answer is accepted. */
    private static void answersWith(Certificate certificate, URI target) {
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(certificate.trusting()).build()) {
            assertThat(get(client, target, "").statusCode()).isPositive();
        } catch (IOException | GeneralSecurityException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A folder with this as the mounted configuration; paths of secrets are replaced by this test's. */
    private Path file(String name, String content) throws IOException {
        Path place = Files.createDirectories(folder.resolve(name));
        Files.writeString(
                place.resolve("application.yaml"),
                content.replace("/etc/motorpool/tls", folder.resolve("tls").toString()));
        return place;
    }

    private static String secret(List<Manifest> manifests, String name, String entry) {
        return one(manifests, "Secret", "prod-motorpool-" + name).text("stringData", entry);
    }

    /** The ports of the service and of its actuator, as far as they have started. */
    private static List<String> ports(ServiceProcess service) {
        return STARTED.matcher(service.output())
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private static HttpResponse<String> get(HttpClient client, URI target, String key)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(target).timeout(PATIENCE);
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
