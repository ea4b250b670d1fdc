package dev.motorpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.runtime.WorkerUnderTest;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.wire.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Properties of functions' output in workers of every shape of slots. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class OutputTest {

    private static Message.Call print(long id, String args) {
        return new Message.Call(id, 1, "print", RawJson.of(args), RawJson.EMPTY_OBJECT, true);
    }

    /** What is printed until another report comes than of output and progress; that is added as its type's name. */
    private static List<String> until(WorkerUnderTest worker) throws InterruptedException {
        StringBuilder printed = new StringBuilder();
        while (true) {
            switch (worker.receive()) {
                case Message.Output(long id, String text) -> printed.append(text);
                case Message.Progress progress -> {}
                case Message other -> {
                    List<String> lines =
                            new ArrayList<>(printed.toString().lines().toList());
                    lines.add(other.getClass().getSimpleName());
                    return lines;
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsPrintedIsReportedWhereItIsWanted(WorkerProcessTest.Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            worker.call(1, "print", "[\"before\"]");
            assertThat(until(worker)).containsExactly("Result");
            worker.send(print(2, "[\"\u20ac\", 0.1]"));
            assertThat(until(worker))
                    .containsExactly(
                            "\u20ac to standard output",
                            "\u20ac to standard error",
                            "\u20ac from a thread",
                            "\u20ac from a virtual thread",
                            "\u20ac at last",
                            "Result");
            worker.call(3, "print", "[\"after\"]");
            assertThat(until(worker)).containsExactly("Result");
            worker.send(print(4, "[\"exiting\", 0, 9]"));
            assertThat(until(worker)).hasSize(6).endsWith("exiting at last", "Leaving");
            assertThat(worker.receiveEnd()).isEqualTo("end");
            assertThat(worker.awaitExit()).isEqualTo(9);
            assertThat(worker.words().lines()).hasSize(10).allMatch(line -> line.matches("(before|after) .*"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatItemsPrintComesBeforeTheLastResult(WorkerProcessTest.Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            for (long id = 1; id < 30; id++) {
                JsonSlices items = JsonSlices.elements(RawJson.of("[\"a\",\"b\"]"));
                worker.send(new Message.Chunk(id, 1, "print", false, items, true));
                List<String> lines = new ArrayList<>();
                for (int results = 0; results < 2; ) {
                    switch (worker.receive()) {
                        case Message.Output(long its, String text) -> {
                            assertThat(its).isEqualTo(id);
                            lines.addAll(text.lines().toList());
                        }
                        case Message.Results done -> results += done.values().count();
                        case Message.Running running -> {}
                        case Message other -> throw new AssertionError(other);
                    }
                }
                assertThat(lines).hasSize(10);
                assertThat(lines.subList(0, 5)).allMatch(line -> line.startsWith("a "));
            }
        }
    }
}
