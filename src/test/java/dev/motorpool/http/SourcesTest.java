package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.job.ProblemType;
import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Functions of one's own, from files that are written while the service runs. */
@Tag("slow")
class SourcesTest {

    private static final String ORDERS = """
        def total(prices: list[float], rate: float = 0.25) -> float:
            \"""Adds up prices and adds tax.\"""
            return sum(prices) * (1 + rate)
        """;

    @TempDir
    private Path place;

    private Path python;
    private Service service;
    private CheckedClient client;

    @BeforeEach
    void start() throws IOException {
        Assumptions.assumeTrue(runsPython(), "LEFT OUT: there is no python3 here");
        python = Files.createDirectories(place.resolve("functions/python"));
        write("orders.py", ORDERS);
        open("watch");
    }

    private static boolean runsPython() {
        try {
            return new ProcessBuilder("python3", "-c", "").start().waitFor() == 0;
        } catch (IOException | InterruptedException none) {
            return false;
        }
    }

    private void open(String reload, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "--motorpool.functions.directory=" + place.resolve("functions"),
                "--motorpool.functions.reload=" + reload,
                "--motorpool.worker.start-timeout=10"));
        settings.addAll(List.of(more));
        service = new Service(place.resolve("data"), settings.toArray(String[]::new));
        client = service.client();
    }

    @AfterEach
    void stop() throws IOException {
        if (service != null) {
            service.close();
        }
    }

    private void write(String file, String text) throws IOException {
        // A reader of the folder must see either the old file or the new one.
        Path fresh = place.resolve("fresh");
        Files.writeString(fresh, text);
        Files.move(fresh, python.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    private Answer call(String function, String args) throws IOException {
        return client.apply("{\"function\":\"" + function + "\",\"args\":" + args + "}");
    }

    private JsonNode source(String name) throws IOException {
        return client.get("/v1/sources/" + name).is(200).json();
    }

    @Test
    void aFileInTheFolderCanBeCalled() throws IOException {
        assertThat(call("orders.total", "[[10, 20]]")
                        .is(200)
                        .json()
                        .path("value")
                        .asDouble())
                .isEqualTo(37.5);
        JsonNode function = client.get("/v1/functions/orders.total").is(200).json();
        assertThat(function.path("description").asString()).isEqualTo("Adds up prices and adds tax.");
        assertThat(function.path("runtime").asString()).isEqualTo("python");
        assertThat(function.path("pool").asString()).isEqualTo("python");
        assertThat(client.get("/v1/functions?source=orders").is(200).json().path("items"))
                .hasSize(1);
        assertThat(client.get("/v1/functions?runtime=java").is(200).text()).doesNotContain("orders.total");
        assertThat(source("orders").path("state").asString()).isEqualTo("ready");
        assertThat(source("orders").path("file").asString()).isEqualTo("orders.py");
        client.get("/v1/sources/order").isProblem(ProblemType.UNKNOWN_SOURCE);
        client.get("/v1/sources/orders?runtime=java").isProblem(ProblemType.UNKNOWN_SOURCE);
    }

    @Test
    void argumentsAndPoolsAreCheckedBeforeAnythingIsQueued() throws IOException {
        JsonNode wrong = call("orders.total", "[[10, \"20\"]]")
                .isProblem(ProblemType.INVALID_ARGUMENTS)
                .json();
        assertThat(wrong.path("pointer").asString()).isEqualTo("/args/0/1");
        JsonNode runtime = client.apply("{\"function\":\"orders.total\",\"args\":[[1]],\"pool\":\"threads\"}")
                .isProblem(ProblemType.WRONG_RUNTIME)
                .json();
        assertThat(runtime.path("pointer").asString()).isEqualTo("/pool");
        assertThat(runtime.path("pools").toString()).isEqualTo("[\"python\",\"python-coroutines\",\"python-threads\"]");
        client.apply("{\"function\":\"echo\",\"args\":[1],\"pool\":\"python\"}").isProblem(ProblemType.WRONG_RUNTIME);
    }

    @Test
    void workersStartWithTheFirstCall() throws IOException {
        assertThat(client.get("/v1/pools/python/workers").is(200).json().path("items"))
                .isEmpty();
        call("orders.total", "[[1]]").is(200);
        assertThat(client.get("/v1/pools/python/workers").is(200).json().path("items"))
                .hasSize(1);
    }

    /** A mounted ConfigMap: links to links, of which one is exchanged for all files at once. */
    @Test
    void filesThatAreLinksIntoAFolderThatIsExchangedAreFollowed() throws IOException {
        Path first = Files.createDirectory(python.resolve("..2026_11_30_10_00_00.1"));
        Files.writeString(first.resolve("invoices.py"), ORDERS);
        Path data = python.resolve("..data");
        Files.createSymbolicLink(data, first.getFileName());
        Files.createSymbolicLink(python.resolve("invoices.py"), Path.of("..data/invoices.py"));
        awaitValue("invoices.total", "[[2]]", 2.5);

        Path second = Files.createDirectory(python.resolve("..2026_11_30_10_01_00.2"));
        Files.writeString(second.resolve("invoices.py"), ORDERS.replace("0.25", "0.5"));
        Path fresh = Files.createSymbolicLink(python.resolve("..data_tmp"), second.getFileName());
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(first.resolve("invoices.py"));
        Files.delete(first);
        awaitValue("invoices.total", "[[2]]", 3);
        assertThat(source("invoices").path("state").asString()).isEqualTo("ready");
        assertThat(source("orders").path("state").asString()).isEqualTo("ready");
        assertThat(client.get("/v1/sources").is(200).json().path("items")).hasSize(2);
    }

    private void awaitValue(String function, String args, double value) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> assertThat(
                        call(function, args).is(200).json().path("value").asDouble())
                .isEqualTo(value));
    }

    @Test
    void aSavedFileIsCalledSoon() throws IOException {
        call("orders.total", "[[2]]").is(200);
        write("orders.py", ORDERS.replace("0.25", "0.5"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> call("orders.total", "[[2]]")
                                .is(200)
                                .json()
                                .path("value")
                                .asDouble()
                        == 3);
    }

    @Test
    void aDetachedJobWaitsForItsFunctionAndRunsWhenItIsBack() throws IOException {
        JobClient jobs = new JobClient(client);
        client.post("/v1/pools/python/pause").is(200);
        String id = jobs.apply("orders.total", "\"args\":[[4]]");
        assertThat(reason(jobs, id)).isEqualTo("pool-paused");

        Files.delete(python.resolve("orders.py"));
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> reason(jobs, id)
                .equals("function-missing"));
        jobs.resume("python");
        assertThat(jobs.state(id)).isEqualTo("queued");
        assertThat(jobs.job(id).path("attempt").asInt()).isZero();

        write("orders.py", ORDERS);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> jobs.state(id)
                .equals("succeeded"));
        assertThat(jobs.job(id).path("value").asDouble()).isEqualTo(5);
        assertThat(jobs.job(id).path("attempts")).hasSize(1);
        assertThat(jobs.job(id).path("waiting").isNull()).isTrue();
    }

    private static String reason(JobClient jobs, String id) throws IOException {
        return jobs.job(id).path("waiting").path("for").asString();
    }

    @Test
    void theLastGoodVersionServesWhileTheNewestCannotBeLoaded() throws IOException {
        String version = source("orders").path("version").asString();
        write("orders.py", ORDERS + "def broken(:\n");
        client.post("/v1/sources/reload").is(200);
        JsonNode failed = source("orders");
        assertThat(failed.path("state").asString()).isEqualTo("failed");
        assertThat(failed.path("reason").asString()).contains("SyntaxError").contains("orders.py, line 4");
        assertThat(failed.path("version").asString()).isNotEqualTo(version);
        assertThat(failed.path("functions").toString()).isEqualTo("[\"orders.total\"]");
        call("orders.total", "[[2]]").is(200);

        service.stop();
        open("watch");
        assertThat(source("orders").path("state").asString()).isEqualTo("failed");
        call("orders.total", "[[2]]").is(200);
    }

    @Test
    void anInterpreterThatIsBrokenForAWhileCostsNoFunction() throws IOException {
        service.stop();
        Path interpreter = place.resolve("python");
        interpreter(interpreter, "exec python3 \"$@\"");
        open("manual", "--motorpool.runtimes.python.interpreter=" + interpreter);
        client.post("/v1/sources/reload").is(200);
        call("orders.total", "[[2]]").is(200);

        interpreter(interpreter, "exit 1");
        client.post("/v1/sources/reload").is(200);
        assertThat(source("orders").path("state").asString()).isEqualTo("failed");
        assertThat(source("orders").path("reason").asString()).contains("does not tell its version");
        assertThat(source("orders").path("functions").toString()).isEqualTo("[\"orders.total\"]");
        call("orders.total", "[[2]]").is(200);

        interpreter(interpreter, "exec python3 \"$@\"");
        client.post("/v1/sources/reload").is(200);
        assertThat(source("orders").path("state").asString()).isEqualTo("ready");
        call("orders.total", "[[2]]").is(200);
    }

    private static void interpreter(Path file, String command) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + command + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private void awaitState(String state) {
        Eventually.until(Duration.ofSeconds(60), () -> {
            assertThat(source("orders").path("state").asString()).isEqualTo(state);
            return true;
        });
    }

    /** Meanwhile the version before can be called. */
    @Test
    void aSourceSaysThatItIsLoading() throws IOException {
        Path go = place.resolve("go");
        write("orders.py", "import os, time\nwhile not os.path.exists('" + go + "'): time.sleep(0.01)\n" + ORDERS);
        awaitState("loading");
        assertThat(source("orders").path("functions").toString()).contains("orders.total");
        call("orders.total", "[[2]]").is(200);
        Files.createFile(go);
        awaitState("ready");
    }

    @Test
    void aSecondFileOfTheSameNameDoesNotTakeTheFirstAway() throws IOException {
        Files.createDirectories(python.resolve("orders"));
        Files.writeString(python.resolve("orders/__init__.py"), ORDERS);
        write("_imported.py", "x = 1\n"); // so that versions before this one are looked for
        client.post("/v1/sources/reload").is(200);
        assertThat(source("orders").path("state").asString()).isEqualTo("failed");
        assertThat(source("orders").path("reason").asString()).contains("have the same name");
        call("orders.total", "[[2]]").is(200);
    }

    @Test
    void aFolderThatHasGoneTakesItsFunctionsAlong() throws IOException {
        Files.move(python, place.resolve("elsewhere"));
        client.post("/v1/sources/reload").is(200);
        call("orders.total", "[[2]]").isProblem(ProblemType.UNKNOWN_FUNCTION);
        assertThat(client.get("/v1/sources").is(200).json().path("items")).isEmpty();
    }

    @Test
    void aPoolWithAnInitializerFromASourceIsThereAfterARestart() throws IOException {
        client.put(
                        "/v1/pools/warm",
                        "{\"kind\":\"process\",\"size\":1,\"runtime\":\"python\","
                                + "\"initializer\":{\"function\":\"orders.total\",\"args\":[[1]]}}")
                .is(201);
        service.stop();
        open("watch");
        client.apply("{\"function\":\"orders.total\",\"args\":[[1]],\"pool\":\"warm\"}")
                .is(200);
    }

    @Test
    void sourcesThatHarmTheirProcessHarmNoOther() throws IOException {
        write("leaves.py", "import os\nos._exit(3)\n");
        write("exits.py", "import sys\nsys.exit('no')\n");
        write("hangs.py", "while True: pass\n");
        write("prints.py", "print('x' * 100_000)\ndef f(): return 1\n");
        write("json.py", "def f(): return 1\n");
        write("not-a-name.py", "def f(): return 1\n");
        client.post("/v1/sources/reload").is(200);
        assertThat(source("leaves").path("reason").asString()).contains("exited with code 3");
        assertThat(source("exits").path("state").asString()).isEqualTo("failed");
        assertThat(source("hangs").path("reason").asString()).contains("had not been loaded after 10 s");
        assertThat(source("json").path("reason").asString()).contains("standard library");
        assertThat(source("not-a-name").path("reason").asString()).contains("must be an identifier");
        call("prints.f", "[]").is(200);
        call("orders.total", "[[2]]").is(200);
    }

    @Test
    void sourcesThatDoMuchWhileTheyAreImportedHarmNoOther() throws IOException {
        write("threads.py", """
            import threading, time
            threading.Thread(target=time.sleep, args=(3600,)).start()
            threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
            def f(): return 1
            """);
        write("forks.py", """
            import os, time
            if os.fork() == 0:
                time.sleep(3600)
            def f(): return 1
            """);
        write("sleeps.py", "import time\ntime.sleep(3)\ndef f(): return 1\n");
        write("large.py", "memory = bytearray(2 << 30)\ndef f(): return 1\n");
        client.post("/v1/sources/reload").is(200);
        for (String name : List.of("threads", "forks", "sleeps", "large")) {
            assertThat(source(name).path("state").asString())
                    .as("%s", source(name))
                    .isEqualTo("ready");
            call(name + ".f", "[]").is(200);
        }
        call("orders.total", "[[2]]").is(200);
        service.stop();
        assertThat(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(place.toString())))
                .isEmpty();
        open("watch");
        // The start does not wait for as long as these take.
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> call("sleeps.f", "[]")
                .is(200));
    }

    @Test
    void resultsThatCannotBeJsonHarmNoOther() throws IOException {
        write("odd.py", """
            def cyclic():
                values = []
                values.append(values)
                return values
            def long(): return b"x" * 10_000_000
            class Lying(list):
                def __len__(self): return 1 << 40
            def lying(): return Lying([1, 2])
            class Failing(dict):
                def items(self): raise KeyError("no")
            def failing(): return Failing(a=1)
            """);
        client.post("/v1/sources/reload").is(200);
        call("odd.cyclic", "[]").isProblem(ProblemType.VALUE_NOT_JSON);
        assertThat(call("odd.long", "[]").is(200).json().path("value").asString())
                .hasSize(13_333_336);
        assertThat(call("odd.lying", "[]").is(200).json().path("value").toString())
                .isEqualTo("[1,2]");
        assertThat(call("odd.failing", "[]").status()).isIn(200, 422);
        call("orders.total", "[[2]]").is(200);
    }

    @Test
    void onlyWhatASourceDefinesCanBeCalled() throws IOException {
        write("tools.py", """
            import os
            from os import system
            from os.path import join
            def _private(): return 1
            def public(): return 1
            class Thing:
                def method(self): return 1
            """);
        client.post("/v1/sources/reload").is(200);
        assertThat(source("tools").path("functions").toString()).isEqualTo("[\"tools.public\"]");
        for (String name : List.of(
                "tools.system",
                "tools.join",
                "tools._private",
                "tools.os.system",
                "tools.Thing",
                "tools.Thing.method",
                "tools.__builtins__.exec",
                "os.system",
                "../tools.public",
                "/etc/passwd",
                "tools")) {
            call(name, "[]").isProblem(ProblemType.UNKNOWN_FUNCTION);
        }
    }

    @Test
    void withoutASourceItsFunctionIsUnknown() throws IOException {
        Files.delete(python.resolve("orders.py"));
        client.post("/v1/sources/reload").is(200);
        call("orders.total", "[[2]]").isProblem(ProblemType.UNKNOWN_FUNCTION);
        client.get("/v1/sources/orders").isProblem(ProblemType.UNKNOWN_SOURCE);
        write("orders.py", ORDERS);
        client.post("/v1/sources/reload").is(200);
        call("orders.total", "[[2]]").is(200);
    }

    /** Each version consists of two files that must be of the same number. */
    @Test
    void callsUnderManyEditsAllSucceedAndSeeWholeVersions() throws Exception {
        write("_part.py", "NUMBER = 0\n");
        write("pair.py", "from _part import NUMBER as other\nNUMBER = 0\ndef get(): return [NUMBER, other]\n");
        client.post("/v1/sources/reload").is(200);
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(callers.submit(() -> {
                    int calls = 0;
                    while (!over.get() || calls < 1_250) {
                        JsonNode value = call("pair.get", "[]").is(200).json().path("value");
                        assertThat(value.get(0)).isEqualTo(value.get(1));
                        calls++;
                    }
                    return calls;
                }));
            }
            for (int edit = 1; edit <= 50; edit++) {
                if (edit % 5 == 0) {
                    write("pair.py", "import nothing_of_this_name\n");
                } else {
                    // Between these two writes the folder is not whole: nobody may load that.
                    Path folder = python;
                    Path whole = Files.createTempDirectory(place, "edit");
                    Files.writeString(whole.resolve("_part.py"), "NUMBER = " + edit + "\n");
                    Files.writeString(
                            whole.resolve("pair.py"),
                            "from _part import NUMBER as other\nNUMBER = " + edit
                                    + "\ndef get(): return [NUMBER, other]\n");
                    Files.move(
                            whole.resolve("_part.py"), folder.resolve("_part.py"), StandardCopyOption.REPLACE_EXISTING);
                    Files.move(
                            whole.resolve("pair.py"), folder.resolve("pair.py"), StandardCopyOption.REPLACE_EXISTING);
                }
                if (edit % 2 == 0) {
                    client.post("/v1/sources/reload").is(200);
                }
            }
            over.set(true);
            int sum = 0;
            for (Future<Integer> calls : all) {
                sum += calls.get();
            }
            assertThat(sum).isGreaterThanOrEqualTo(10_000);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> client.get("/v1/pools/python/workers")
                                .is(200)
                                .json()
                                .path("items")
                                .size()
                        <= Runtime.getRuntime().availableProcessors());
    }
}
