package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The receivers that the documents show verify what the service signs, and so does the library of Standard Webhooks. */
@Tag("service")
class ReceiversTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SECRET =
            Signer.secret("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));
    private static final String OTHER = Signer.secret(new byte[32]);
    private static final String BODY = "{\"type\":\"job.succeeded\",\"data\":{\"value\":\"\u00e9\"}}";

    @TempDir
    Path directory;

    @Test
    void theOneInPythonVerifies() throws Exception {
        verifies("python", "receiver.py", "python3");
    }

    @Test
    void theOneInNodeVerifies() throws Exception {
        verifies("javascript", "receiver.js", "node");
    }

    private void verifies(String language, String file, String program) throws Exception {
        if (find(program) == null) {
            leftOut(program);
            return;
        }
        Path script = Files.writeString(directory.resolve(file), shown(language));
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(program, script.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("said").toFile());
        builder.environment().put("PORT", Integer.toString(port));
        builder.environment().put("WEBHOOK_SECRET", SECRET);
        Process receiver = builder.start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            Eventually.until(PATIENCE, () -> {
                assertThat(receiver.isAlive()).as(said()).isTrue();
                return send(client, port, List.of(SECRET), Instant.now(), BODY, BODY);
            });
            Instant now = Instant.now();
            assertThat(send(client, port, List.of(SECRET), now, BODY, BODY)).isEqualTo(204);
            assertThat(send(client, port, List.of(OTHER, SECRET), now, BODY, BODY))
                    .isEqualTo(204);
            assertThat(send(client, port, List.of(OTHER), now, BODY, BODY)).isEqualTo(401);
            assertThat(send(client, port, List.of(SECRET), now, BODY, BODY + " "))
                    .isEqualTo(401);
            assertThat(send(client, port, List.of(SECRET), now.minusSeconds(600), BODY, BODY))
                    .isEqualTo(401);
        } finally {
            receiver.descendants().forEach(ProcessHandle::destroyForcibly);
            receiver.destroyForcibly();
            receiver.waitFor();
        }
    }

    private String said() throws IOException {
        return Files.readString(directory.resolve("said"));
    }

    private static int send(HttpClient client, int port, List<String> secrets, Instant at, String signed, String sent)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .timeout(Duration.ofSeconds(20))
                .header("webhook-id", "x-1")
                .header("webhook-timestamp", Long.toString(at.getEpochSecond()))
                .header("webhook-signature", Signer.of(secrets).sign("x-1", at.getEpochSecond(), RawJson.of(signed)))
                .POST(BodyPublishers.ofString(sent))
                .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        return answer.statusCode();
    }

    /** The block of this language in the page about webhooks. */
    private static String shown(String language) throws IOException {
        Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs/how-to/webhooks.md")));
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    @Test
    void theLibraryOfStandardWebhooksVerifies() throws Exception {
        String npm = find("npm");
        if (npm == null || find("node") == null) {
            leftOut("npm");
            return;
        }
        Files.writeString(directory.resolve("package.json"), "{\"private\":true}");
        Process install = new ProcessBuilder(
                        npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "standardwebhooks@1.1.1")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("said").toFile())
                .start();
        assertThat(install.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(install.exitValue()).as(said()).isZero();
        long now = Instant.now().getEpochSecond();
        String signatures = Signer.of(List.of(OTHER, SECRET)).sign("x-1", now, RawJson.of(BODY));
        assertThat(verify(signatures, now)).contains("accepted job.succeeded");
        assertThat(verify(Signer.of(List.of(OTHER)).sign("x-1", now, RawJson.of(BODY)), now))
                .contains("refused");
    }

    private String verify(String signatures, long timestamp) throws Exception {
        String script = """
            const { Webhook } = require("standardwebhooks");
            const [secret, body, id, timestamp, signature] = process.argv.slice(2);
            const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
            try {
              console.log("accepted " + new Webhook(secret).verify(body, headers).type);
            } catch (error) {
              console.log("refused " + error);
            }
            """;
        Path file = Files.writeString(directory.resolve("verify.js"), script);
        Process node = new ProcessBuilder(
                        "node", file.toString(), SECRET, BODY, "x-1", Long.toString(timestamp), signatures)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("said").toFile())
                .start();
        assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said();
    }

    private static @Nullable String find(String program) {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            Path path = Path.of(folder, program);
            if (Files.isExecutable(path)) {
                return path.toString();
            }
        }
        return null;
    }

    private static void leftOut(String program) {
        System.out.println("LEFT OUT: there is no " + program + " here, so what it would verify was not verified.");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
