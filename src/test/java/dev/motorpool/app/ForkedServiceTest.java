package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.ServiceProcess;
import dev.motorpool.testing.Zombies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A service with forked workers leaves no process, however it ends. */
@Tag("slow")
class ForkedServiceTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path home;

    private static boolean runsPython() {
        try {
            return new ProcessBuilder("python3", "-c", "").start().waitFor() == 0;
        } catch (IOException | InterruptedException none) {
            return false;
        }
    }

    private ServiceProcess start() throws IOException {
        return ServiceProcess.start(
                home.resolve("data"),
                "--motorpool.functions.directory=" + home.resolve("functions"),
                "--motorpool.pools.processes.size=1",
                "--motorpool.pools.python.size=2");
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(
                Files.createDirectories(home.resolve("functions/python")).resolve(file), text);
    }

    /** The process of the worker, and its parent. */
    private static List<ProcessHandle> family(ServiceProcess service) throws Exception {
        JsonNode value = JSON.readTree(service.post("/v1/apply", "{\"function\":\"work.family\"}")
                        .body())
                .path("value");
        List<ProcessHandle> family = new ArrayList<>();
        value.forEach(pid -> family.add(ProcessHandle.of(pid.asLong()).orElseThrow()));
        return family;
    }

    @Test
    void itsTemplateAndWorkersEndWithIt() throws Exception {
        Assumptions.assumeTrue(runsPython(), "LEFT OUT: there is no python3 here");
        write("work.py", """
            import os, time
            def family(): return [os.getpid(), os.getppid()]
            def nap(file: str):
                open(file, "w").write(str(os.getpid()))
                time.sleep(1000)
            """);
        try (ServiceProcess service = start()) {
            List<ProcessHandle> family = family(service);
            ProcessHandle template = family.getLast();
            assertThat(template.pid()).isNotEqualTo(service.process().pid());
            List<CompletableFuture<?>> calls = new ArrayList<>();
            for (String name : List.of("first", "second")) {
                calls.add(service.posting(
                        "/v1/apply", "{\"function\":\"work.nap\",\"args\":[\"" + home.resolve(name) + "\"]}"));
            }
            for (String name : List.of("first", "second")) {
                Eventually.within(SOON, () -> assertThat(home.resolve(name)).isNotEmptyFile());
                family.add(ProcessHandle.of(Long.parseLong(Files.readString(home.resolve(name))))
                        .orElseThrow());
            }
            service.kill();
            Eventually.within(SOON, () -> assertThat(family).noneMatch(Zombies::runs));
            Eventually.within(SOON, () -> assertThat(calls)
                    .allSatisfy(call -> assertThat(call).isCompletedExceptionally()));
        }
        write("busy.py", """
            import threading, time
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
            def echo(value): return value
            """);
        try (ServiceProcess service = start()) {
            JsonNode source = JSON.readTree(service.get("/v1/sources/busy").body());
            assertThat(source.path("state").asString()).isEqualTo("ready");
            assertThat(source.path("reason").asString()).contains("threads", "not forked but spawned");
            List<ProcessHandle> family = family(service);
            assertThat(family.getLast().pid()).isEqualTo(service.process().pid());
            service.terminate();
            service.awaitEnd();
            Eventually.within(SOON, () -> assertThat(family).noneMatch(Zombies::runs));
        }
    }
}
