package dev.motorpool.worker;

import dev.motorpool.json.RawJson;
import dev.motorpool.runtime.WorkerCommand;
import dev.motorpool.runtime.WorkerShape;
import dev.motorpool.runtime.WorkerUnderTest;
import dev.motorpool.testing.RealWorkers;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Starts workers that load sources from a directory, and reads what they say of them. */
final class SourceWorker {

    private static final JsonMapper MAPPER = new JsonMapper();

    static WorkerUnderTest start(Path directory, WorkerShape shape, Map<String, String> more)
            throws IOException, InterruptedException {
        WorkerCommand usual = RealWorkers.java().command(shape);
        Map<String, String> environment = new HashMap<>(usual.environment());
        environment.put("MOTORPOOL_FUNCTIONS", directory.toAbsolutePath().toString());
        environment.put("MOTORPOOL_RUNTIME", "java");
        environment.putAll(more);
        return new WorkerUnderTest(new WorkerCommand(usual.command(), environment));
    }

    /** The source of this name in a hello. */
    static JsonNode source(Message.Hello hello, String name) {
        return named(hello.sources(), name);
    }

    /** The function of this name in a hello. */
    static JsonNode function(Message.Hello hello, String name) {
        return named(hello.functions(), name);
    }

    private static JsonNode named(RawJson array, String name) {
        for (JsonNode each : MAPPER.readTree(array.toString())) {
            if (each.get("name").asString().equals(name)) {
                return each;
            }
        }
        throw new AssertionError("no " + name + " in " + array);
    }

    /** Calls a function of a job, with context and output. */
    static void call(WorkerUnderTest worker, long id, String function, String args) throws IOException {
        worker.send(new Message.Call(
                id,
                3,
                function,
                RawJson.of(args),
                RawJson.EMPTY_OBJECT,
                true,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "a=b",
                new Message.About("job-1", "pool-1", Duration.ofSeconds(60))));
    }

    /** The report that ends a call; what it printed before is put into the builder. */
    static Message ended(WorkerUnderTest worker, StringBuilder printed) throws InterruptedException {
        while (true) {
            Message report = worker.receive();
            if (!(report instanceof Message.Output output)) {
                return report;
            }
            printed.append(output.text());
        }
    }

    private SourceWorker() {}
}
