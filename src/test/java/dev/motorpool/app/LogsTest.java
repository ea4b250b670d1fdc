package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.HookReceiver;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.ServiceProcess;
import java.io.IOException;
import java.io.Reader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;
import org.springframework.boot.logging.logback.WhitespaceThrowableProxyConverter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log of a running service matches the documentation, and contains nothing that clients send. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class LogsTest {

    private static final Path TABLE = Path.of("docs", "operations.md");
    private static final Pattern ROW = Pattern.compile("\\| `([A-Z][^`]*)` \\| ([A-Z]+) \\|([^|]*)\\|.*");
    private static final Pattern LINE =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\S+ +([A-Z]+) \\[[^]]*] \\w+: (.*?)((?: \\w+=\"[^\"]*\")*)");
    private static final Pattern FIELD = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();

    /** Ends that clients request, logged at most at INFO. */
    private static final Set<String> WANTED = Set.of("cancel", "terminated");

    private static final String KEY = "the-key-of-ci-ea81c2";
    private static final String READER = "the-key-of-reader-77b0";
    private static final String WRONG = "a-key-that-is-wrong-31d9";
    private static final String WEBHOOK_SECRET = "bG9ncy1ob2xkLW5vLXNlY3JldHMtb2Ytd2ViaG9va3M=";
    private static final String INJECTED = "x\\n2026-11-25T09:00:00.000Z  INFO [main] Forged: line\\u001b[31m";

    private static final String LATER = "{\"function\":\"echo\",\"args\":[\"argument-5e3f\"],\"delay\":3600}";

    /** Forbidden in every line; the last ones are the result of a log injection. */
    private static final List<String> SECRETS = List.of(
            KEY,
            READER,
            WRONG,
            WEBHOOK_SECRET,
            "argument-5e3f",
            "keyword-9a07",
            "raised-c4d1",
            "tag-b716",
            "idempotency-20fa",
            "query-8c55",
            "initial-f3a9",
            "Forged",
            "\u001b");

    @TempDir
    Path home;

    /** A line of either form. */
    private record Line(String level, String message, Map<String, String> fields) {}

    @ParameterizedTest
    @ValueSource(strings = {"text", "ecs", "logstash"})
    void linesAreAsTheTableSaysAndHoldNothingThatClientsSend(String form) throws Exception {
        List<String> written = new ArrayList<>();
        try (HookReceiver receiver = new HookReceiver()) {
            receiver.manners((message, connection) -> HookReceiver.status(
                            switch (message.path().replaceFirst("\\?.*", "")) {
                                case "/gone" -> 410;
                                case "/failing" -> 500;
                                default -> 204;
                            })
                    .answer(message, connection));
            try (ServiceProcess service = start(form)) {
                provoke(service, receiver);
                service.terminate();
                service.awaitEnd();
                written.addAll(service.output().lines().toList());
            }
            try (ServiceProcess service = start(form)) {
                service.ready();
                service.terminate();
                service.awaitEnd();
                written.addAll(service.output().lines().toList());
            }
            for (HookReceiver.Message message : receiver.messages()) {
                assertThat(written).noneMatch(line -> line.contains(message.header("webhook-signature")));
            }
        }
        for (String secret : SECRETS) {
            assertThat(written).noneMatch(line -> line.contains(secret));
        }
        List<Line> lines = written.stream()
                .map(form.equals("text") ? LogsTest::fromText : LogsTest::fromJson)
                .toList();
        compare(lines);
        assertThat(sum(lines, "Calls refused", "pool-closed")).isEqualTo(3 + 2);
        assertThat(sum(lines, "Jobs refused", "queue-full")).isEqualTo(2);
        assertThat(sum(lines, "Requests rejected because of their key", "unauthorized"))
                .isEqualTo(2);
    }

    private ServiceProcess start(String form) throws Exception {
        List<String> settings = new ArrayList<>(List.of(
                "--motorpool.demo-functions=true",
                "--logging.level.dev.motorpool=debug",
                "--motorpool.pools.processes.size=1",
                "--motorpool.jobs.backlog=4",
                "--motorpool.runtimes.broken.command=/bin/false",
                "--motorpool.webhooks.allow=127.0.0.0/8",
                "--motorpool.webhooks.secrets=whsec_" + WEBHOOK_SECRET,
                "--motorpool.security.keys.ci.sha256=" + sha256(KEY),
                "--motorpool.security.keys.ci.rights=submit,read,operate",
                "--motorpool.security.keys.reader.sha256=" + sha256(READER),
                "--motorpool.security.keys.reader.rights=read"));
        if (!form.equals("text")) {
            settings.add("--logging.structured.format.console=" + form);
        }
        return ServiceProcess.start(home, settings.toArray(String[]::new));
    }

    private static String sha256(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** Causes every event that has a line, and events that must not have one. */
    private static void provoke(ServiceProcess service, HookReceiver receiver) throws Exception {
        assertThat(service.send("GET", "/v1/pools", "").statusCode()).isEqualTo(401);
        assertThat(service.send("GET", "/v1/pools", "", "X-API-Key", WRONG).statusCode())
                .isEqualTo(401);
        assertThat(service.send("PUT", "/v1/pools/made", "{\"kind\":\"thread\"}", "X-API-Key", READER)
                        .statusCode())
                .isEqualTo(403);
        provokePools(service);
        provokeCalls(service);
        provokeJobs(service, receiver);
        Eventually.within(SOON, () -> assertThat(service.output())
                .contains("Pool healed", "Job failed", "Delivery given up", "Delivery made", "Delivery is retried"));
        int refused = 0;
        for (int i = 0; refused < 2; i++) {
            assertThat(i).isLessThan(6);
            refused += call(service, "POST", "/v1/apply_async", LATER) == 429 ? 1 : 0;
        }
    }

    private static void provokePools(ServiceProcess service) throws Exception {
        String pool = "/v1/pools/made";
        assertThat(call(service, "PUT", pool, "{\"kind\":\"thread\",\"size\":1}"))
                .isEqualTo(201);
        assertThat(call(service, "PUT", pool, "{\"size\":2}")).isEqualTo(200);
        for (String action : List.of("pause", "resume", "close")) {
            assertThat(call(service, "POST", pool + "/" + action, "")).isEqualTo(200);
        }
        String late = "{\"function\":\"echo\",\"args\":[\"argument-5e3f\"],\"pool\":\"made\"}";
        for (int i = 0; i < 3; i++) {
            assertThat(call(service, "POST", "/v1/apply", late)).isEqualTo(409);
        }
        for (int i = 0; i < 2; i++) {
            assertThat(call(service, "POST", "/v1/apply_async", late)).isEqualTo(409);
        }
        assertThat(call(service, "POST", pool + "/terminate", "")).isEqualTo(200);
        assertThat(call(service, "DELETE", pool, "")).isEqualTo(204);

        String frail = "/v1/pools/frail";
        assertThat(call(
                        service,
                        "PUT",
                        frail,
                        "{\"kind\":\"process\",\"size\":1,\"runtime\":\"broken\","
                                + "\"initializer\":{\"function\":\"echo\",\"args\":[\"initial-f3a9\"]}}"))
                .isEqualTo(201);
        Eventually.within(SOON, () -> assertThat(service.output()).contains("Pool broken"));
        assertThat(call(service, "PUT", frail, "{\"runtime\":\"java\"}")).isEqualTo(200);

        assertThat(call(service, "DELETE", "/v1/pools/x%0AForged%1B", "")).isBetween(400, 404);
        assertThat(call(service, "PUT", "/v1/pools/x%0AForged%1B", "{\"kind\":\"thread\"}"))
                .isBetween(400, 404);
    }

    private static void provokeCalls(ServiceProcess service) throws Exception {
        assertThat(call(
                        service,
                        "POST",
                        "/v1/apply",
                        "{\"function\":\"echo\",\"args\":[\"argument-5e3f\"],\"tags\":{\"a\":\"tag-b716" + INJECTED
                                + "\"}}"))
                .isEqualTo(200);
        assertThat(call(
                        service,
                        "POST",
                        "/v1/apply",
                        "{\"function\":\"echo\",\"kwargs\":{\"nothing\":\"keyword-9a07\"}}"))
                .isEqualTo(400);
        assertThat(call(service, "POST", "/v1/apply", "{\"function\":\"raise\",\"args\":[\"raised-c4d1\"]}"))
                .isEqualTo(422);
        assertThat(call(service, "POST", "/v1/apply", "{\"function\":\"" + INJECTED + "\"}"))
                .isEqualTo(404);
        assertThat(call(
                        service,
                        "POST",
                        "/v1/apply",
                        "{\"function\":\"echo\",\"args\":[1],\"pool\":\"" + INJECTED + "\"}"))
                .isEqualTo(404);
        assertThat(call(service, "POST", "/v1/apply", "{\"function\":\"crash\",\"args\":[9],\"pool\":\"processes\"}"))
                .isEqualTo(502);
        assertThat(call(service, "POST", "/v1/apply", "{\"function\":\"exit\",\"args\":[3],\"pool\":\"processes\"}"))
                .isEqualTo(502);
    }

    private static void provokeJobs(ServiceProcess service, HookReceiver receiver) throws Exception {
        for (String path : List.of("/gone", "/failing")) {
            String failing = "{\"function\":\"raise\",\"args\":[\"raised-c4d1" + INJECTED + "\"],\"retries\":1,"
                    + "\"retry_delay\":0,\"tags\":{\"tag-b716" + INJECTED + "\":\"tag-b716" + INJECTED
                    + "\"},\"error_callback\":\"" + receiver.url(path + "?token=query-8c55") + "\"}";
            HttpResponse<String> accepted = service.send(
                    "POST",
                    "/v1/apply_async",
                    failing,
                    "X-API-Key",
                    KEY,
                    "Idempotency-Key",
                    "idempotency-20fa" + path.length());
            assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        }
        assertThat(call(
                        service,
                        "POST",
                        "/v1/apply_async",
                        "{\"function\":\"echo\",\"args\":[\"argument-5e3f\"],\"callback\":\""
                                + receiver.url("/good?token=query-8c55") + "\"}"))
                .isEqualTo(202);
        assertThat(call(service, "POST", "/v1/apply_async", LATER)).isEqualTo(202);
    }

    private static int call(ServiceProcess service, String method, String path, String json) throws Exception {
        return service.send(method, path, json, "X-API-Key", KEY).statusCode();
    }

    private static Line fromText(String line) {
        Matcher parts = LINE.matcher(line);
        assertThat(parts.matches()).as(line).isTrue();
        Map<String, String> fields = new TreeMap<>();
        Matcher field = FIELD.matcher(parts.group(3));
        while (field.find()) {
            fields.put(field.group(1), field.group(2));
        }
        return new Line(parts.group(1), parts.group(2), fields);
    }

    private static Line fromJson(String line) {
        JsonNode json = JSON.readTree(line);
        JsonNode level = json.has("level") ? json.get("level") : json.get("log").get("level");
        Map<String, String> fields = new TreeMap<>();
        json.properties().forEach(member -> {
            if (member.getValue().isValueNode()) {
                fields.put(member.getKey(), member.getValue().asString());
            }
        });
        // The top-level fields of the format itself.
        List.of("@timestamp", "@version", "message", "logger_name", "thread_name", "level", "level_value")
                .forEach(fields::remove);
        return new Line(level.asString(), json.get("message").asString(), fields);
    }

    private static void compare(List<Line> lines) throws IOException {
        Map<String, Set<String>> told = new TreeMap<>();
        Map<String, Set<String>> levels = new TreeMap<>();
        for (Line line : lines) {
            if (!line.fields.isEmpty()) {
                told.computeIfAbsent(line.message, key -> new TreeSet<>()).addAll(line.fields.keySet());
                if (!WANTED.contains(line.fields.getOrDefault("reason", ""))) {
                    levels.computeIfAbsent(line.message, key -> new TreeSet<>()).add(line.level);
                }
            }
        }
        Map<String, Set<String>> fields = new TreeMap<>();
        Map<String, Set<String>> expectedLevels = new TreeMap<>();
        for (String line : Files.readAllLines(TABLE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && !row.group(3).isBlank()) {
                fields.put(
                        row.group(1),
                        new TreeSet<>(Arrays.asList(
                                row.group(3).replace("`", "").trim().split(", "))));
                expectedLevels.put(row.group(1), Set.of(row.group(2)));
            }
        }
        assertThat(told.keySet()).isEqualTo(fields.keySet());
        // The end of a stopped worker depends on how soon it stopped.
        told.merge("Worker ended", Set.of("exit_code", "signal"), LogsTest::union);
        assertThat(told).isEqualTo(fields);
        assertThat(levels).isEqualTo(expectedLevels);
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> both = new TreeSet<>(one);
        both.addAll(other);
        return both;
    }

    private static long sum(List<Line> lines, String message, String reason) {
        return lines.stream()
                .filter(line -> line.message.equals(message) && reason.equals(line.fields.get("reason")))
                .mapToLong(line -> Long.parseLong(line.fields.getOrDefault("count", "0")))
                .sum();
    }

    @Test
    void noTextBeginsALineOrSpeaksToTheTerminal() throws Exception {
        String bad = "a\r\nb\u001b[31m\u0085\u2028\u202e\u009bz";
        RuntimeException cause = new IllegalArgumentException(bad);
        LoggerContext context = new LoggerContext();
        LoggingEvent event = new LoggingEvent(
                "",
                context.getLogger("dev.motorpool.Forger"),
                Level.INFO,
                bad + " {}",
                new IllegalStateException(bad, cause),
                new Object[] {bad});
        event.addKeyValuePair(new KeyValuePair("pool", bad));
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.getInstanceConverterMap().put("wEx", WhitespaceThrowableProxyConverter::new);
        layout.setPattern(pattern());
        layout.start();

        List<String> lines = layout.doLayout(event).lines().toList();

        assertThat(lines.getFirst()).endsWith(" Forger: a??b?[31m????z a??b?[31m????z pool=\"a??b?[31m????z\"");
        assertThat(lines.subList(1, lines.size())).allSatisfy(line -> assertThat(line)
                .matches("|java\\.lang\\.IllegalStateException: .*|\\t+at .*|Caused by: .*|\\t\\.\\.\\. .*"));
        assertThat(String.join("", lines)).doesNotContain("\u001b", "\r", "\u0085", "\u009b");
    }

    private static String pattern() throws IOException {
        Properties shipped = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("src", "main", "resources", "application.properties"))) {
            shipped.load(reader);
        }
        return shipped.getProperty("logging.pattern.console");
    }
}
