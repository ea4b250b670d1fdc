package dev.motorpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaRuntimeTest {

    @TempDir
    static Path data;

    @Test
    void aWorkerStartsAndAnswers() throws Exception {
        JavaRuntime runtime = new JavaRuntime(JavaWorkerSettings.in(data));
        try (WorkerUnderTest worker = new WorkerUnderTest(runtime.command(new WorkerShape(1, false)))) {
            Message.Hello hello = worker.receive(Message.Hello.class);
            assertThat(hello.version()).isEqualTo(1);
            assertThat(hello.functions().toString()).contains("\"name\":\"fib\"");
            worker.call(7, "echo", "[{\"a\":1.50}]");
            assertThat(worker.receive(Message.Result.class).value()).isEqualTo(RawJson.of("{\"a\":1.50}"));
            worker.closeOrders();
            assertThat(worker.receiveEnd()).isEqualTo("end");
            assertThat(worker.awaitExit()).isZero();
            assertThat(worker.words()).isEmpty();
        }
    }
}
