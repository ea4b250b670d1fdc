package dev.motorpool.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A minimal Kubernetes API server for a chart's {@code lookup} of secrets. While it is open, Helm uses it and no other
 * cluster: the build sets {@code KUBECONFIG} to the file with its address.
 */
final class Cluster implements AutoCloseable {

    private static final String SECRETS = "/api/v1/namespaces/" + Chart.NAMESPACE + "/secrets/";
    private static final String RESOURCES = """
        {"kind":"APIResourceList","groupVersion":"v1","resources":[
         {"name":"secrets","singularName":"secret","namespaced":true,"kind":"Secret","verbs":["get"]}]}
        """;

    private final Map<String, String> secrets;
    private final HttpServer server;
    private final Path configuration;

    /** @param secrets JSON by name */
    Cluster(Map<String, String> secrets) throws IOException {
        this.secrets = Map.copyOf(secrets);
        String file = System.getenv("KUBECONFIG");
        if (file == null || !file.contains("target")) {
            throw new IllegalStateException("KUBECONFIG must be a file of the build, as the pom sets it");
        }
        configuration = Path.of(file);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        Files.writeString(configuration, """
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{name: test, cluster: {server: "http://127.0.0.1:%d"}}]
            contexts: [{name: test, context: {cluster: test, user: test}}]
            users: [{name: test, user: {}}]
            """.formatted(server.getAddress().getPort()));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String found = path.equals("/api/v1")
                    ? RESOURCES
                    : path.startsWith(SECRETS) ? secrets.get(path.substring(SECRETS.length())) : null;
            String body = found != null
                    ? found
                    : "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}";
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(found != null ? 200 : 404, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    /** The oldest version that the chart supports. */
    String version() {
        return "1.30.0";
    }

    @Override
    public void close() throws IOException {
        server.stop(0);
        Files.delete(configuration);
    }
}
