package dev.motorpool.deploy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Prometheus that scrapes one service twice a second. It waits five seconds before its first scrape, so it is best
 * started before the service.
 */
final class Prometheus implements AutoCloseable {

    private final Process process;
    private final URI address;
    private final HttpClient client = HttpClient.newHttpClient();

    /** @param service its present or future port on this machine */
    Prometheus(Path program, Path folder, int service) throws IOException {
        int port = freePort();
        address = URI.create("http://127.0.0.1:" + port);
        Path configuration = Files.writeString(folder.resolve("prometheus.yml"), """
            global: {scrape_interval: 500ms, scrape_timeout: 500ms}
            scrape_configs:
              - job_name: motorpool
                metrics_path: /actuator/prometheus
                static_configs: [{targets: ["127.0.0.1:%d"]}]
            """.formatted(service));
        process = new ProcessBuilder(
                        program.toString(),
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Whether the query has a result with at least one number; throws if the query is invalid. */
    boolean answers(String query) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/api/v1/query"))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)))
                .build();
        JsonNode answer = JsonMapper.shared()
                .readTree(client.send(request, HttpResponse.BodyHandlers.ofString())
                        .body());
        if (!answer.get("status").asString().equals("success")) {
            throw new IllegalArgumentException(query + ": " + answer);
        }
        for (JsonNode series : answer.get("data").get("result")) {
            if (!series.get("value").get(1).asString().equals("NaN")) {
                return true;
            }
        }
        return false;
    }

    /** Fails until it answers. */
    boolean isThere() throws IOException, InterruptedException {
        if (!answers("vector(1)")) {
            throw new AssertionError("Prometheus does not answer yet");
        }
        return true;
    }

    @Override
    public void close() {
        client.close();
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException hurry) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
