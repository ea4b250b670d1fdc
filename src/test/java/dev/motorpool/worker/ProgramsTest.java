package dev.motorpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.runtime.WorkerShape;
import dev.motorpool.runtime.WorkerUnderTest;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.Zombies;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Workers whose functions are programs. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class ProgramsTest {

    private static final WorkerShape ONE = new WorkerShape(1, false);
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path root;

    private Path directory;
    private Path temporary;

    @BeforeEach
    void folders() throws IOException {
        directory = Files.createDirectories(root.resolve("programs"));
        temporary = Files.createDirectories(root.resolve("tmp"));
    }

    private void program(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
        assertThat(directory.resolve(file).toFile().setExecutable(true)).isTrue();
    }

    private WorkerUnderTest start(WorkerShape shape, Map<String, String> more) throws Exception {
        Map<String, String> variables = new HashMap<>(more);
        variables.put("MOTORPOOL_RUNTIME", "programs");
        variables.put("TMPDIR", temporary.toString());
        return SourceWorker.start(directory, shape, variables);
    }

    private WorkerUnderTest started() throws Exception {
        WorkerUnderTest worker = start(ONE, Map.of());
        worker.receive(Message.Hello.class);
        return worker;
    }

    private static String value(WorkerUnderTest worker, String function, String args) throws Exception {
        worker.call(1, function, args);
        Message report = worker.receive();
        assertThat(report).isInstanceOf(Message.Result.class);
        return ((Message.Result) report).value().toString();
    }

    private static Message.Error error(WorkerUnderTest worker, String function) throws Exception {
        worker.call(1, function, "[]");
        return worker.receive(Message.Error.class);
    }

    private void assertNoDirectoriesOfCalls() {
        try (Stream<Path> left = Files.walk(temporary, 2)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("call-")))
                    .isEmpty();
        } catch (IOException gone) {
            throw new AssertionError(gone);
        }
    }

    @Test
    void theExampleCountsTheLinesOfALogFile() throws Exception {
        for (String file : List.of("log_levels.sh", "log_levels.json")) {
            Files.copy(Path.of("examples/programs", file), directory.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path log = Files.writeString(root.resolve("service.log"), "a INFO x\nb ERROR y\nc INFO z\nnothing\n");
        try (WorkerUnderTest worker = started()) {
            assertThat(value(worker, "log_levels", "[\"" + log + "\"]"))
                    .isEqualTo("{\"error\":1,\"warn\":0,\"info\":2,\"debug\":0}");
        }
    }

    @Test
    void argumentsArriveAndOutputIsTheValue() throws Exception {
        program("same.sh", "#!/bin/sh\nexec cat\n");
        program("words.sh", "#!/bin/sh\nfor word; do printf '<%s>' \"$word\"; done\n");
        program("shebangless", "printf '%s' \"$0\" | grep -c shebangless\n");
        program("nothing.sh", "#!/bin/sh\n");
        program("binary.sh", "#!/bin/sh\nprintf 'a\\377b'\n");
        program("text.sh", "#!/bin/sh\necho 'NaN or so'\n");
        try (WorkerUnderTest worker = started()) {
            worker.send(new Message.Call(
                    1, 1, "same", RawJson.of("[1.50,\"x\"]"), RawJson.of("{\"a\":{\"b\":null}}"), false));
            assertThat(worker.receive(Message.Result.class).value())
                    .hasToString("{\"args\":[1.50,\"x\"],\"kwargs\":{\"a\":{\"b\":null}}}");
            assertThat(value(worker, "words", "[1,\"a b\",null,\"\",\"it's\"]")).isEqualTo("\"<a b><><it's>\"");
            assertThat(value(worker, "shebangless", "[]")).isEqualTo("1");
            assertThat(value(worker, "nothing", "[]")).isEqualTo("\"\"");
            assertThat(value(worker, "binary", "[]")).isEqualTo("\"a\ufffdb\"");
            assertThat(value(worker, "text", "[]")).isEqualTo("\"NaN or so\\n\"");
            worker.send(new Message.Chunk(
                    2, 1, "words", false, dev.motorpool.json.JsonSlices.elements(RawJson.of("[\"a\",\"b\"]")), false));
            List<String> values = new ArrayList<>();
            while (values.size() < 2) {
                if (worker.receive() instanceof Message.Results results) {
                    for (int i = 0; i < results.values().count(); i++) {
                        values.add(results.values().get(i).toString());
                    }
                }
            }
            assertThat(values).containsExactly("\"<a>\"", "\"<b>\"");
        }
    }

    @Test
    void argumentsKeepTheirCharactersWhateverTheLocaleIs() throws Exception {
        program("words.sh", "#!/bin/sh\nfor word; do printf '<%s>' \"$word\"; done\n");
        for (String locale : List.of("C", "C.UTF-8")) {
            try (WorkerUnderTest worker = start(ONE, Map.of("LC_ALL", locale, "LANG", locale))) {
                worker.receive(Message.Hello.class);
                assertThat(value(worker, "words", "[\"\u00fc\u20ac\ud83d\ude00\\n\",\"\",\"100% '$HOME' \\\\n\"]"))
                        .isEqualTo("\"<\u00fc\u20ac\ud83d\ude00\\n><><100% '$HOME' \\\\n>\"");
            }
        }
    }

    @Test
    void anArgumentThatNoProgramCanHaveIsRefusedWithAWayOut() throws Exception {
        program("words.sh", "#!/bin/sh\ncat >/dev/null\n");
        try (WorkerUnderTest worker = started()) {
            worker.call(1, "words", "[\"a\\u0000b\"]");
            assertThat(worker.receive(Message.Error.class).message()).contains("The argument 0 has a NUL character");
            worker.call(1, "words", "[1,\"" + "x".repeat(200_000) + "\"]");
            assertThat(worker.receive(Message.Error.class).message()).contains("The argument 1 is longer than 131071");
            worker.send(new Message.Call(
                    1,
                    1,
                    "words",
                    RawJson.EMPTY_ARRAY,
                    RawJson.of("{\"a\":\"" + "x".repeat(5_000_000) + "\"}"),
                    false));
            assertThat(worker.receive(Message.Result.class).value()).hasToString("\"\"");
        }
    }

    @Test
    void eachCallHasAnEmptyDirectoryAndItsContextAsVariables() throws Exception {
        program("look.sh", """
            #!/bin/sh
            ls -A; touch left; mkdir -p deep/er; touch deep/er/file; chmod 500 deep; pwd
            env | grep ^MOTORPOOL_ | grep -v '^MOTORPOOL_\\(WORKER\\|PROGRAM\\|DEADLINE\\)=' | sort
            date -u -d "$MOTORPOOL_DEADLINE" >/dev/null && echo deadline
            """);
        try (WorkerUnderTest worker = started()) {
            for (int round = 0; round < 2; round++) {
                SourceWorker.call(worker, 7, "look", "[]");
                Message report = SourceWorker.ended(worker, new StringBuilder());
                String[] lines = ((Message.Result) report).value().toString().split("\\\\n");
                assertThat(lines[0]).startsWith("\"" + temporary).endsWith("/work");
                assertThat(Path.of(lines[0].substring(1))).doesNotExist();
                assertThat(lines)
                        .endsWith(
                                "MOTORPOOL_ATTEMPT=3",
                                "MOTORPOOL_FUNCTION=look",
                                "MOTORPOOL_JOB=job-1",
                                "MOTORPOOL_POOL=pool-1",
                                "MOTORPOOL_TRACEPARENT=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                "MOTORPOOL_TRACESTATE=a=b",
                                "deadline",
                                "\"");
                assertThat(lines).hasSize(9);
            }
            assertNoDirectoriesOfCalls();
            worker.send(new Message.Stop());
            worker.receive(Message.Leaving.class);
            assertThat(worker.awaitExit()).isZero();
            Eventually.within(LONG, () -> assertThat(temporary).isEmptyDirectory());
        }
    }

    @Test
    void aFailureHasItsCodeOrSignalAndTheLastLinesOfStandardError() throws Exception {
        program("fails.sh", "#!/bin/sh\nseq 100 >&2\necho 'no such order' >&2\nexit 3\n");
        program("silent.sh", "#!/bin/sh\nexit 1\n");
        program("killed.sh", "#!/bin/sh\nkill -SEGV $$\n");
        program("broken.sh", "#!/no/such/interpreter\n");
        try (WorkerUnderTest worker = started()) {
            Message.Error failed = error(worker, "fails");
            assertThat(failed.type()).isEqualTo("function-raised");
            assertThat(failed.exitCode()).isEqualTo(3);
            assertThat(failed.signal()).isNull();
            assertThat(failed.message()).endsWith("99\n100\nno such order").hasLineCount(20);
            assertThat(error(worker, "silent").message()).isEqualTo("The program exited with code 1.");
            Message.Error killed = error(worker, "killed");
            assertThat(killed.signal()).isEqualTo(11);
            assertThat(killed.exitCode()).isNull();
            assertThat(error(worker, "broken").message()).contains("broken.sh");
            assertThat(error(worker, "absent").type()).isEqualTo("unknown-function");
            assertNoDirectoriesOfCalls();
        }
    }

    @Test
    void standardErrorIsTheOutputOfTheJobWhileItRuns() throws Exception {
        program("talks.sh", """
            #!/bin/sh
            echo first >&2
            while [ ! -e %s ]; do sleep 0.01; done
            echo second >&2
            echo 42
            """.formatted(root.resolve("go")));
        for (WorkerShape shape : List.of(ONE, new WorkerShape(4, false))) {
            Files.deleteIfExists(root.resolve("go"));
            try (WorkerUnderTest worker = start(shape, Map.of())) {
                worker.receive(Message.Hello.class);
                SourceWorker.call(worker, 7, "talks", "[]");
                assertThat(worker.receive(Message.Output.class).text()).isEqualTo("first\n");
                Files.createFile(root.resolve("go"));
                StringBuilder rest = new StringBuilder();
                assertThat(((Message.Result) SourceWorker.ended(worker, rest)).value())
                        .hasToString("42");
                assertThat(rest).hasToString("second\n");
            }
        }
    }

    @Test
    void outputAboveTheLimitEndsTheProgram() throws Exception {
        program("large.sh", "#!/bin/sh\nhead -c 52428800 /dev/zero | tr '\\0' x\n");
        program("endless.sh", "#!/bin/sh\nyes | cat\n");
        program("escaped.sh", "#!/bin/sh\nhead -c 10000000 /dev/zero\n");
        program("fits.sh", "#!/bin/sh\nhead -c 16000000 /dev/zero | tr '\\0' x\n");
        try (WorkerUnderTest worker = started()) {
            for (String function : List.of("large", "endless", "escaped")) {
                assertThat(error(worker, function).type()).isEqualTo("value-too-large");
            }
            assertThat(value(worker, "fits", "[]")).hasSize(16_000_002);
        }
    }

    @Test
    void aCancelledProgramEndsWithAllThatItHasStarted() throws Exception {
        program("tree.sh", """
            #!/bin/sh
            sleep 1000 & echo $! >>%1$s
            setsid sleep 1000 & echo $! >>%1$s
            setsid sh -c 'sleep 1000 & echo $! >>%1$s; wait' &
            sh -c 'trap "" TERM INT; sleep 1000 & echo $! >>%1$s; echo $$ >>%1$s; wait'
            """.formatted(root.resolve("pids")));
        for (WorkerShape shape : List.of(ONE, new WorkerShape(4, false), new WorkerShape(4, true))) {
            Files.deleteIfExists(root.resolve("pids"));
            try (WorkerUnderTest worker = start(shape, Map.of())) {
                worker.receive(Message.Hello.class);
                worker.call(5, "tree", "[]");
                List<Long> pids = pids(5);
                assertThat(pids).allMatch(pid -> ProcessHandle.of(pid).isPresent());
                worker.send(new Message.Cancel(5));
                assertThat(worker.receive(Message.Error.class).id()).isEqualTo(5);
                assertGone(pids);
                assertNoDirectoriesOfCalls();
            }
        }
    }

    private List<Long> pids(int count) {
        return Eventually.until(LONG, () -> {
            List<Long> pids = Files.readAllLines(root.resolve("pids")).stream()
                    .map(Long::valueOf)
                    .toList();
            assertThat(pids).hasSize(count);
            return pids;
        });
    }

    private static void assertGone(List<Long> pids) {
        Eventually.within(LONG, () -> assertThat(pids.stream()
                        .flatMap(pid -> ProcessHandle.of(pid).stream())
                        .filter(Zombies::runs))
                .isEmpty());
    }

    @Test
    void achildThatKeepsTheOutputOpenEndsWithItsProgram() throws Exception {
        program("child.sh", "#!/bin/sh\nsleep 1000 & echo $! >>" + root.resolve("pids") + "\necho 1\n");
        program(
                "daemon.sh",
                "#!/bin/sh\n(setsid sleep 1000 >/dev/null 2>&1 & echo $! >>" + root.resolve("pids")
                        + ")\nsleep 0.1\necho 3\n");
        program("holder.sh", "#!/bin/sh\nsetsid sleep 1000 & echo $! >>" + root.resolve("pids") + "\necho 2\n");
        try (WorkerUnderTest worker = started()) {
            assertThat(value(worker, "child", "[]")).isEqualTo("1");
            for (int round = 0; round < 5; round++) {
                assertThat(value(worker, "holder", "[]")).isEqualTo("2");
            }
            assertThat(value(worker, "daemon", "[]")).isEqualTo("3");
            assertGone(pids(7));
        }
    }

    @Test
    void descriptionsAreReadAndBadOnesFailAlone() throws Exception {
        program("resize.v2.py", "#!/bin/sh\n");
        Files.writeString(directory.resolve("resize.json"), """
            {"description": "Resizes.", "workload": "io", "defaults": {"timeout": 5},
             "parameters": {"type": "object", "properties": {"width": {"type": "integer"}}, "required": ["width"]}}
            """);
        program("plain", "#!/bin/sh\n");
        program("torn.sh", "#!/bin/sh\n");
        Files.writeString(directory.resolve("torn.json"), "{\"description\": ");
        program("typo.sh", "#!/bin/sh\n");
        Files.writeString(directory.resolve("typo.json"), "{\"discription\": \"x\"}");
        program("kind.sh", "#!/bin/sh\n");
        Files.writeString(directory.resolve("kind.json"), "{\"parameters\": []}");
        program("twice.a", "#!/bin/sh\n");
        program("twice.b", "#!/bin/sh\n");
        program("_hidden.sh", "#!/bin/sh\n");
        program(".hidden.sh", "#!/bin/sh\n");
        Files.writeString(directory.resolve("notes.txt"), "not executable");

        Message.Hello hello;
        List<String> loading = new ArrayList<>();
        try (WorkerUnderTest worker = start(ONE, Map.of("MOTORPOOL_ROLE", "probe"))) {
            Message report = worker.receive();
            for (; report instanceof Message.Loading next; report = worker.receive()) {
                loading.add(next.source());
            }
            hello = (Message.Hello) report;
            worker.receive(Message.Leaving.class);
            assertThat(worker.awaitExit()).isZero();
        }

        assertThat(loading).containsExactly("kind", "plain", "resize", "torn", "twice", "twice", "typo");
        assertThat(hello.features()).contains("context");
        assertThat(SourceWorker.function(hello, "resize").toString())
                .contains("\"source\":\"resize\",\"description\":\"Resizes.\",\"workload\":\"io\"")
                .contains("\"required\":[\"width\"]");
        assertThat(SourceWorker.function(hello, "plain").toString())
                .isEqualTo("{\"name\":\"plain\",\"source\":\"plain\",\"parameters\":{\"type\":\"object\","
                        + "\"additionalProperties\":true},\"rest\":true}");
        assertThat(SourceWorker.source(hello, "resize").toString())
                .isEqualTo("{\"name\":\"resize\",\"file\":\"resize.v2.py\",\"state\":\"ready\",\"reason\":null,"
                        + "\"traceback\":null,\"functions\":[\"resize\"]}");
        assertThat(reason(hello, "torn")).startsWith("torn.json is not JSON: ");
        assertThat(reason(hello, "typo")).startsWith("typo.json has the unknown member discription; it may have");
        assertThat(reason(hello, "kind")).isEqualTo("In kind.json, parameters must be an object, not an array.");
        assertThat(hello.sources().toString())
                .contains("The function twice of twice.b is already in twice.a. Rename one of them.");
    }

    private static String reason(Message.Hello hello, String name) {
        JsonNode source = SourceWorker.source(hello, name);
        assertThat(source.get("state").asString()).isEqualTo("failed");
        return source.get("reason").asString();
    }

    @Test
    void manySlotsRunProgramsAtOnce() throws Exception {
        program("meet.sh", """
            #!/bin/sh
            mkdir "%1$s/$1"
            while [ "$(ls %1$s | wc -l)" -lt 4 ]; do sleep 0.01; done
            echo "$1"
            """.formatted(Files.createDirectories(root.resolve("meeting"))));
        try (WorkerUnderTest worker = start(new WorkerShape(4, false), Map.of())) {
            worker.receive(Message.Hello.class);
            for (long id = 1; id <= 4; id++) {
                worker.call(id, "meet", "[\"" + id + "\"]");
            }
            for (int i = 0; i < 4; i++) {
                Message.Result result = worker.receive(Message.Result.class);
                assertThat(result.value()).hasToString(Long.toString(result.id()));
            }
        }
    }

    @Test
    void theNextWorkerRemovesWhatAKilledOneHasLeft() throws Exception {
        program("waits.sh", "#!/bin/sh\necho $$ >" + root.resolve("pids") + "\nexec sleep 1000\n");
        List<Long> pids;
        try (WorkerUnderTest killed = started()) {
            killed.call(1, "waits", "[]");
            pids = pids(1);
            killed.process().destroyForcibly().waitFor();
        }
        pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).hasSize(1);
        }
        try (WorkerUnderTest living = started();
                WorkerUnderTest other = started()) {
            try (Stream<Path> left = Files.list(temporary)) {
                assertThat(left).hasSize(2);
            }
            living.closeOrders();
            other.closeOrders();
            assertThat(living.awaitExit()).isZero();
            assertThat(other.awaitExit()).isZero();
        }
    }

    @Test
    void atTheEndOfItsOrdersTheWorkerEndsWithItsPrograms() throws Exception {
        program("waits.sh", "#!/bin/sh\nsetsid sleep 1000 & echo $! >" + root.resolve("pids") + "\nwait\n");
        try (WorkerUnderTest worker = started()) {
            worker.call(1, "waits", "[]");
            List<Long> pids = pids(1);
            worker.closeOrders();
            assertThat(worker.awaitExit()).isZero();
            assertGone(pids);
        }
    }
}
