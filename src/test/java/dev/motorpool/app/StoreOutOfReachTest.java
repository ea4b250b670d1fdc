package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.ServiceProcess;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Answers to clients and load balancers while the store fails, and normal operation afterwards. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class StoreOutOfReachTest {

    /** One for the whole class, so that the workers' AOT cache is created once. */
    @TempDir
    static Path home;

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");
    private static final String CALL = "{\"function\":\"echo\",\"args\":[1]}";

    private static Path file() {
        return home.resolve("motorpool.db");
    }

    @Test
    void anotherProcessThatHoldsTheLockMakesItUnreadyUntilItLetsGo() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home)) {
            String before = accepted(service);
            String failed = accepted(service, "{\"function\":\"sleep\",\"args\":[9],\"timeout\":0.01}", "failed");
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                assertUnavailable(service.post("/v1/apply_async", CALL));
                assertThat(service.get("/actuator/health/readiness").statusCode())
                        .as("who was told 503 finds it unready")
                        .isEqualTo(503);
                long begin = System.nanoTime();
                assertUnavailable(service.post("/v1/jobs/" + failed + "/retry", ""));
                assertUnavailable(service.delete("/v1/jobs/" + before));
                assertUnavailable(service.put("/v1/pools/new", "{\"kind\":\"thread\",\"size\":1}"));
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
                assertThat(service.post("/v1/apply", CALL).statusCode()).isEqualTo(200);
                assertThat(service.get("/actuator/health/liveness").statusCode())
                        .isEqualTo(200);
            }
            assertThatItGoesOn(service, before);
        }
    }

    @Test
    void aFileThatIsMovedAwayMakesItUnreadyUntilItIsBack() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home)) {
            String before = accepted(service);
            Path elsewhere = home.resolve("elsewhere.db");
            Files.move(file(), elsewhere);
            awaitReadiness(service, 503); // without any request
            assertThat(service.output()).contains("was moved or removed", "The store accepts no changes");
            assertUnavailable(service.post("/v1/apply_async", CALL));
            assertUnavailable(service.get("/v1/jobs/" + before));
            assertThat(file()).doesNotExist();
            Files.move(elsewhere, file());
            assertThatItGoesOn(service, before);
        }
    }

    private static void assertThatItGoesOn(ServiceProcess service, String before) throws Exception {
        awaitReadiness(service, 200);
        assertThat(service.get("/v1/jobs/" + before).body()).contains("\"state\":\"succeeded\"");
        accepted(service);
        assertThat(service.output()).contains("The store accepts changes again");
    }

    /** An accepted job that has ended. */
    private static String accepted(ServiceProcess service) throws Exception {
        return accepted(service, CALL, "succeeded");
    }

    private static String accepted(ServiceProcess service, String call, String end) throws Exception {
        HttpResponse<String> answer = service.post("/v1/apply_async", call);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        Matcher id = ID.matcher(answer.body());
        assertThat(id.find()).isTrue();
        assertThat(service.get("/v1/jobs/" + id.group(1) + "?wait=30").body()).contains("\"state\":\"" + end + "\"");
        return id.group(1);
    }

    private static void assertUnavailable(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.body()).contains("urn:motorpool:problem:unavailable");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }

    private static void awaitReadiness(ServiceProcess service, int status) {
        Eventually.until(SOON, () -> {
            assertThat(service.get("/actuator/health/readiness").statusCode()).isEqualTo(status);
            return true;
        });
    }
}
