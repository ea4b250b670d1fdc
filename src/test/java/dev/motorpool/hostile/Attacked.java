package dev.motorpool.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.ServiceProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The service in its own process, with the JVM options of the image's entry point, the heap of the chart, and three API
 * keys: of the attacker, of another caller, and of the operator.
 */
final class Attacked implements AutoCloseable {

    static final String ATTACKER = "attacker";
    static final String OTHER = "other";
    static final String OPERATOR = "operator";

    /** The pool of the other caller's calls, so that they do not wait behind the attacker's. */
    static final String POOL = "others";

    private static final Duration START = Duration.ofSeconds(60);

    private static final String HEAP = "-Xmx512m";

    private final ServiceProcess process;

    private Attacked(ServiceProcess process) {
        this.process = process;
    }

    static Attacked start(Path data, String... settings) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "--motorpool.demo-functions=true",
                "--motorpool.pools." + POOL + ".kind=thread",
                "--motorpool.pools." + POOL + ".size=4",
                "--motorpool.webhooks.allow=127.0.0.0/8"));
        for (String key : List.of(ATTACKER, OTHER, OPERATOR)) {
            all.add("--motorpool.security.keys." + key + ".sha256=" + sha256(key));
            all.add("--motorpool.security.keys." + key + ".rights="
                    + (key.equals(OPERATOR) ? "submit,read,operate" : "submit,read"));
        }
        all.addAll(List.of(settings));
        Attacked service = new Attacked(ServiceProcess.start(options(), data, all.toArray(String[]::new)));
        try {
            Eventually.within(Machine.times(START, Machine.slowness()), () -> assertThat(service.output())
                    .contains("Ready on "));
            return service;
        } catch (AssertionError neverReady) {
            service.close();
            throw neverReady;
        }
    }

    /** The image's JVM options, without the AOT cache, which belongs to the image's own jar. */
    static List<String> options() throws IOException {
        String entry = Files.readAllLines(Path.of("Dockerfile")).stream()
                .filter(line -> line.startsWith("ENTRYPOINT "))
                .findFirst()
                .orElseThrow();
        List<String> options = new ArrayList<>(Pattern.compile("\"(-X[^\"]+)\"")
                .matcher(entry)
                .results()
                .map((MatchResult option) -> option.group(1))
                .filter(option -> !option.startsWith("-XX:AOTCache"))
                .toList());
        assertThat(options).contains("-XX:+ExitOnOutOfMemoryError");
        options.add(HEAP);
        return options;
    }

    private static String sha256(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    int port() {
        return process.ready().getPort();
    }

    long pid() {
        return process.process().pid();
    }

    String output() {
        return process.output();
    }

    /** A request of the operator. */
    JsonNode operate(String method, String target, String body) throws IOException {
        Reply reply = Request.of(method, target)
                .key(OPERATOR)
                .from("127.0.0.3")
                .json(Body.of(body))
                .send(port());
        assertThat(reply.status()).as("%s %s: %s", method, target, reply.text()).isBetween(200, 299);
        return reply.text().isEmpty()
                ? JsonMapper.shared().createObjectNode()
                : JsonMapper.shared().readTree(reply.text());
    }

    /** Cleans up after an attack, as an operator would. */
    void clear() {
        Eventually.within(Duration.ofMinutes(2), () -> {
            try {
                int left = 0;
                for (String state : List.of("scheduled", "queued", "running")) {
                    left += operate("POST", "/v1/jobs/cancel?state=" + state, "")
                            .get("cancelled")
                            .asInt();
                }
                assertThat(left).isZero();
            } catch (IOException notNow) {
                throw new AssertionError(notNow);
            }
        });
    }

    boolean isAlive() {
        return process.process().isAlive();
    }

    void assertStands() {
        assertThat(process.process().isAlive())
                .as("the service lives; it said: %s", tail())
                .isTrue();
        assertThat(output()).doesNotContain("OutOfMemoryError", "there is no memory left");
    }

    /** The end of its log. */
    String tail() {
        String all = output();
        return all.substring(Math.max(0, all.length() - 4000));
    }

    @Override
    public void close() {
        process.close();
    }
}
