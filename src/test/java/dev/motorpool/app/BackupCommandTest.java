package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.ServiceProcess;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The command that copies the store, as a process beside its service. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class BackupCommandTest {

    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    @TempDir
    Path home;

    @Test
    void aCopyThatIsMadeWhileJobsComeHasAllThatWereAcceptedBefore() throws Exception {
        Path data = home.resolve("data");
        Path restored = Files.createDirectories(home.resolve("restored"));
        Path copy = restored.resolve("motorpool.db");
        List<String> accepted = new CopyOnWriteArrayList<>();
        int before;
        try (ServiceProcess service = ServiceProcess.start(data)) {
            service.ready();
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Void> client = CompletableFuture.runAsync(() -> submit(service, accepted, over));
            try {
                Eventually.within(
                        Duration.ofMinutes(1), () -> assertThat(accepted).hasSizeGreaterThan(50));
                before = accepted.size();
                try (ServiceProcess backup = ServiceProcess.command("backup", data.toString(), copy.toString())) {
                    assertThat(backup.awaitEnd()).as(backup.output()).isZero();
                    assertThat(backup.output()).contains("The store is copied to " + copy);
                }
                try (ServiceProcess again = ServiceProcess.command("backup", data.toString(), copy.toString())) {
                    assertThat(again.awaitEnd()).isEqualTo(1);
                    assertThat(again.output()).contains("is there already");
                }
            } finally {
                over.set(true);
                client.join();
            }
            assertThat(accepted).as("jobs came while it was copied").hasSizeGreaterThan(before);
            assertThat(service.output()).doesNotContain("WARN", "ERROR", "Exception");
        }
        try (ServiceProcess service = ServiceProcess.start(restored)) {
            for (String id : accepted.subList(0, before)) {
                assertThat(service.get("/v1/jobs/" + id + "?wait=30").body())
                        .contains("\"id\":\"" + id + "\"", "\"state\":\"succeeded\"");
            }
        }
    }

    private static void submit(ServiceProcess service, List<String> accepted, AtomicBoolean over) {
        try {
            while (!over.get()) {
                HttpResponse<String> answer = service.post("/v1/apply_async", "{\"function\":\"echo\",\"args\":[1]}");
                assertThat(answer.statusCode()).isEqualTo(202);
                Matcher id = ID.matcher(answer.body());
                assertThat(id.find()).isTrue();
                accepted.add(id.group(1));
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
