package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.job.ProblemType;
import dev.motorpool.testing.BubblewrapHere;
import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Each wall of a sandbox, with functions that look over it from inside. Without the sandbox each of them can. */
@Tag("slow")
class SandboxTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What the programs of functions may see of the environment, by the beginnings of the names. */
    private static final List<String> VISIBLE_VARIABLES =
            List.of("PATH=", "HOME=", "LANG=", "TZ=", "LC_", "MOTORPOOL_", "PYTHON", "PWD=", "OLDPWD=", "SHLVL=", "_=");

    private static final String WALLS = """
        import os, signal, socket, subprocess


        def entries(folder: str):
            return sorted(os.listdir(folder))


        def read(file: str):
            try:
                with open(file, "rb") as opened:
                    return opened.read().decode("utf-8", "replace")
            except OSError as e:
                return f"errno {e.errno}"


        def write(file: str):
            try:
                with open(file, "w") as opened:
                    opened.write("written")
                return read(file)
            except OSError as e:
                return f"errno {e.errno}"


        def processes():
            return [read(f"/proc/{name}/cmdline") for name in os.listdir("/proc") if name.isdigit()]


        def environments():
            texts = [read(f"/proc/{name}/environ") for name in os.listdir("/proc") if name.isdigit()]
            return sorted({word for text in texts for word in text.split("\\0") if "=" in word})


        def namespaces():
            return {name: os.readlink(f"/proc/self/ns/{name}") for name in ("pid", "ipc", "mnt", "net")}


        def connect(port: int):
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5):
                    return "connected"
            except OSError as e:
                return f"errno {e.errno}"


        def leave(argument: str, code: int):
            # A daemon without its parent, its session and the mark by which the service finds what workers leave.
            subprocess.run(["sh", "-c", f"env -i setsid sleep {argument} & :"])
            if code >= 0:
                os._exit(code)


        def end(number: int):
            os.kill(os.getpid(), number)
            signal.pause()


        def hold(megabytes: int):
            held = b"x" * (megabytes << 20)
            signal.pause()
            return len(held)
        """;

    /** Has the functions, below /tmp, which a sandbox hides. The data directory is elsewhere. */
    @TempDir
    private static Path place;

    private static Service service;
    private static CheckedClient client;
    private static Path data;

    @BeforeAll
    static void start() throws Exception {
        BubblewrapHere.assume();
        Path python = Files.createDirectories(place.resolve("functions/python"));
        Files.writeString(python.resolve("walls.py"), WALLS);
        data = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "sandbox");
        service = new Service(
                data,
                "--motorpool.functions.directory=" + place.resolve("functions"),
                "--motorpool.pools.inside.kind=process",
                "--motorpool.pools.inside.runtime=python",
                "--motorpool.pools.inside.size=1",
                "--motorpool.pools.inside.idle-timeout=300",
                "--motorpool.pools.inside.sandbox=bubblewrap",
                "--motorpool.pools.alone.kind=process",
                "--motorpool.pools.alone.runtime=python",
                "--motorpool.pools.alone.size=1",
                "--motorpool.pools.alone.idle-timeout=300",
                "--motorpool.pools.alone.sandbox=bubblewrap",
                "--motorpool.pools.alone.network=false");
        client = service.client();
    }

    @AfterAll
    static void stop() throws IOException {
        if (service != null) {
            service.close();
        }
    }

    private static Answer apply(String pool, String function, String args) throws IOException {
        return client.apply(
                "{\"pool\":\"" + pool + "\",\"function\":\"walls." + function + "\",\"args\":" + args + "}");
    }

    private static JsonNode inside(String function, String args) throws IOException {
        return apply("inside", function, args).is(200).json().path("value");
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asString()));
        return texts;
    }

    private static String quoted(Path path) {
        return "[\"" + path + "\"]";
    }

    @Test
    void otherProcessesAreNotSeen() throws IOException {
        assertThat(texts(inside("processes", "[]"))).hasSizeLessThan(5).allMatch(command -> command.contains("python"));
        assertThat(texts(apply("python", "processes", "[]").is(200).json().path("value")))
                .anyMatch(command -> command.contains("java"));
    }

    @Test
    void theServicesEnvironmentIsNotSeen() throws IOException {
        assertThat(texts(inside("environments", "[]")))
                .allMatch(variable -> VISIBLE_VARIABLES.stream().anyMatch(variable::startsWith));
    }

    @Test
    void theDataDirectoryIsNotSeen() throws IOException {
        assertThat(data.resolve("motorpool.db")).exists();
        assertThat(texts(inside("entries", quoted(data)))).containsExactly("runtimes", "sources");
        assertThat(texts(inside("entries", quoted(data.resolve("sources"))))).containsExactly("python");
        assertThat(inside("read", quoted(data.resolve("motorpool.db"))).asString())
                .isEqualTo("errno 2");
        assertThat(inside("write", quoted(data.resolve("x"))).asString()).isEqualTo("errno 30");
        assertThat(texts(apply("python", "entries", quoted(data)).is(200).json().path("value")))
                .contains("motorpool.db");
    }

    @Test
    void functionsCanBeReadAndTheirCopiesToo() throws IOException {
        Path source = place.resolve("functions/python/walls.py");
        assertThat(inside("read", quoted(source)).asString()).isEqualTo(WALLS);
        assertThat(inside("write", quoted(source)).asString()).isEqualTo("errno 30");
        Path loaded = data.resolve("sources/python/loaded");
        String version = texts(inside("entries", quoted(loaded))).getFirst();
        Path copy = loaded.resolve(version).resolve("walls.py");
        assertThat(inside("read", quoted(copy)).asString()).isEqualTo(WALLS);
        assertThat(inside("write", quoted(copy)).asString()).isEqualTo("errno 30");
    }

    @Test
    void theRootCanOnlyBeRead() throws IOException {
        for (Path folder : List.of(Path.of("/"), Path.of("/etc"), Path.of("/usr"))) {
            assertThat(inside("write", quoted(folder.resolve("motorpool-was-here")))
                            .asString())
                    .isEqualTo("errno 30");
        }
        assertThat(Path.of("/usr/motorpool-was-here")).doesNotExist();
    }

    /** Root needs no capability to write these. The text is none that the kernel takes. */
    @Test
    void theSettingsOfTheKernelCanOnlyBeRead() throws IOException {
        assertThat(inside("write", quoted(Path.of("/proc/sys/vm/swappiness"))).asString())
                .isIn("errno 30", "errno 13");
    }

    @Test
    void temporaryFilesAreItsOwnAndEndWithIt() throws IOException {
        Path file = Path.of("/tmp/motorpool-" + System.nanoTime());
        assertThat(inside("write", quoted(file)).asString()).isEqualTo("written");
        assertThat(file).doesNotExist();
        apply("inside", "leave", "[\"0\", 3]").isProblem(ProblemType.WORKER_LOST);
        assertThat(inside("read", quoted(file)).asString()).isEqualTo("errno 2");
        Path outside = Files.createTempFile("motorpool", "outside");
        try {
            assertThat(inside("read", quoted(outside)).asString()).isEqualTo("errno 2");
        } finally {
            Files.delete(outside);
        }
    }

    @Test
    void itsNamespacesAreItsOwn() throws IOException {
        JsonNode in = inside("namespaces", "[]");
        JsonNode alone = apply("alone", "namespaces", "[]").is(200).json().path("value");
        JsonNode out = apply("python", "namespaces", "[]").is(200).json().path("value");
        for (String name : List.of("pid", "ipc", "mnt")) {
            assertThat(in.path(name)).as(name).isNotEqualTo(out.path(name)).isNotEqualTo(alone.path(name));
        }
        assertThat(in.path("net")).isEqualTo(out.path("net")).isNotEqualTo(alone.path("net"));
        assertThat(texts(inside("entries", "[\"/dev/shm\"]"))).allMatch(name -> name.endsWith(".accepted"));
    }

    @Test
    void theNetworkIsThereUnlessThePoolSaysNo() throws IOException {
        String port = "[" + client.port() + "]";
        assertThat(inside("connect", port).asString()).isEqualTo("connected");
        assertThat(apply("alone", "connect", port).is(200).json().path("value").asString())
                .isEqualTo("errno 111");
    }

    @Test
    void whateverAFunctionStartsEndsWithItsWorker() throws IOException {
        for (int code : new int[] {-1, 5}) {
            String unique = "1000." + System.nanoTime();
            Answer answer = apply("inside", "leave", "[\"" + unique + "\", " + code + "]");
            if (code < 0) {
                answer.is(200);
                assertThat(runs(unique)).isTrue();
                String worker = client.get("/v1/pools/inside/workers")
                        .is(200)
                        .json()
                        .path("items")
                        .path(0)
                        .path("id")
                        .asString();
                client.post("/v1/pools/inside/workers/" + worker + "/terminate").is(200);
            } else {
                answer.isProblem(ProblemType.WORKER_LOST);
            }
            Eventually.within(PATIENCE, () -> assertThat(runs(unique)).isFalse());
        }
    }

    private static boolean runs(String argument) {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> List.of(process.info().arguments().orElse(new String[0]))
                        .contains(argument));
    }

    @Test
    void endsAreToldAsWithoutASandbox() throws IOException {
        assertThat(apply("inside", "leave", "[\"0\", 3]")
                        .isProblem(ProblemType.WORKER_LOST)
                        .json()
                        .path("exit_code")
                        .asInt())
                .isEqualTo(3);
        for (int signal : new int[] {9, 11, 15}) {
            assertThat(apply("inside", "end", "[" + signal + "]")
                            .isProblem(ProblemType.WORKER_LOST)
                            .json()
                            .path("signal")
                            .asInt())
                    .isEqualTo(signal);
        }
    }

    @Test
    void timeAndMemoryAreLimited() throws IOException {
        client.apply("{\"pool\":\"inside\",\"function\":\"walls.hold\",\"args\":[1],\"timeout\":0.5}")
                .isProblem(ProblemType.JOB_TIMEOUT);
        client.put("/v1/pools/inside", "{\"memory_limit\":150000000}").is(200);
        try {
            assertThat(apply("inside", "hold", "[200]")
                            .isProblem(ProblemType.WORKER_LOST)
                            .json()
                            .path("reason")
                            .asString())
                    .contains("memory_limit");
        } finally {
            client.put("/v1/pools/inside", "{\"memory_limit\":null}").is(200);
        }
        assertThat(inside("read", "[\"/nowhere\"]").asString()).isEqualTo("errno 2");
    }

    @Test
    void workersOfOtherRuntimesAreConfinedToo() throws IOException {
        Path programs = Files.createDirectories(place.resolve("functions/programs"));
        Path program = programs.resolve("list.sh");
        Files.writeString(program, "#!/bin/sh\nls -A '" + data + "'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        client.post("/v1/sources/reload").is(200);
        client.put(
                        "/v1/pools/confined-programs",
                        "{\"kind\":\"process\",\"size\":1,\"runtime\":\"programs\"," + "\"sandbox\":\"bubblewrap\"}")
                .is(201);
        client.put(
                        "/v1/pools/confined-java",
                        "{\"kind\":\"process\",\"size\":1,\"threads_per_worker\":2,"
                                + "\"sandbox\":\"bubblewrap\",\"network\":false}")
                .is(201);
        try {
            assertThat(client.apply("{\"pool\":\"confined-programs\",\"function\":\"list\"}")
                            .is(200)
                            .json()
                            .path("value")
                            .asString()
                            .split("\\s+"))
                    .containsExactly("sources", "worker");
            client.apply("{\"pool\":\"confined-java\",\"function\":\"echo\",\"args\":[1]}")
                    .is(200);
            assertThat(client.apply("{\"pool\":\"confined-java\",\"function\":\"exit\",\"args\":[7]}")
                            .isProblem(ProblemType.WORKER_LOST)
                            .json()
                            .path("exit_code")
                            .asInt())
                    .isEqualTo(7);
        } finally {
            client.delete("/v1/pools/confined-programs");
            client.delete("/v1/pools/confined-java");
        }
    }

    @Test
    void aPoolIsConfinedAndSetFreeByItsSettings() throws IOException {
        String pool = "/v1/pools/changing";
        client.put(pool, "{\"kind\":\"process\",\"size\":1,\"runtime\":\"python\"}")
                .is(201);
        try {
            JsonNode free = apply("changing", "namespaces", "[]").is(200).json().path("value");
            JsonNode settings = client.put(pool, "{\"sandbox\":\"bubblewrap\",\"network\":false}")
                    .is(200)
                    .json()
                    .path("settings");
            assertThat(settings.path("sandbox").asString()).isEqualTo("bubblewrap");
            assertThat(settings.path("network").asBoolean()).isFalse();
            assertThat(apply("changing", "namespaces", "[]")
                            .is(200)
                            .json()
                            .path("value")
                            .path("net"))
                    .isNotEqualTo(free.path("net"));
            client.put(pool, "{\"sandbox\":null}").isProblem(ProblemType.MALFORMED_REQUEST, "/network");
            client.put(pool, "{\"sandbox\":null,\"network\":null}").is(200);
            assertThat(apply("changing", "namespaces", "[]").is(200).json().path("value"))
                    .isEqualTo(free);
        } finally {
            client.delete(pool);
        }
    }

    @Test
    void onlyProcessPoolsAreConfined() throws IOException {
        for (String kind : Set.of("thread", "coroutine")) {
            client.put("/v1/pools/none", "{\"kind\":\"" + kind + "\",\"sandbox\":\"bubblewrap\"}")
                    .isProblem(ProblemType.MALFORMED_REQUEST, "/sandbox");
            client.put("/v1/pools/none", "{\"kind\":\"" + kind + "\",\"network\":false}")
                    .isProblem(ProblemType.MALFORMED_REQUEST, "/network");
        }
        client.put("/v1/pools/none", "{\"kind\":\"process\",\"network\":false}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/network");
        client.put("/v1/pools/none", "{\"kind\":\"process\",\"sandbox\":\"docker\"}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/sandbox");
        client.put("/v1/pools/none", "{\"kind\":\"process\",\"sandbox\":true}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/sandbox");
        client.put("/v1/pools/none", "{\"kind\":\"process\",\"network\":\"no\"}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/network");
    }
}
