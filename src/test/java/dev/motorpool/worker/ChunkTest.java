package dev.motorpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.runtime.WorkerUnderTest;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Properties of chunks in workers of every shape of slots. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class ChunkTest {

    private static final long ID = 3;

    @ParameterizedTest
    @EnumSource
    void valuesComeInOrderAndOneForEachItem(WorkerProcessTest.Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            List<Integer> items = IntStream.range(0, 100_000).boxed().toList();
            worker.send(chunk("echo", false, items));
            assertThat(outcomes(worker, 0, items.size()))
                    .isEqualTo(items.stream().map(Object::toString).toList());
            worker.call(8, "echo", "[1]");
            assertThat(worker.receive(Message.Result.class).id()).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @EnumSource
    void failingItemsAreToldAtTheirPlace(WorkerProcessTest.Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            worker.send(chunk("fib", true, List.of("[10]", "[-1]", "[11]", "[]", "[1,2]", "[12]")));
            String misfit = "java.lang.IllegalArgumentException";
            assertThat(outcomes(worker, 0, 6)).containsExactly("55", misfit, "89", misfit, misfit, "144");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anItemThatRunsLongIsAnnouncedAfterTheValuesBeforeIt(WorkerProcessTest.Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            worker.send(chunk("sleep", false, List.of(0, 0, 0, 0.3, 0)));
            assertThat(untilRunning(worker, 3)).containsExactly("0", "0", "0");
            assertThat(outcomes(worker, 3, 5)).containsExactly("0.3", "0");
        }
    }

    @ParameterizedTest
    @EnumSource
    void itemsThatHaveNotStartedAreGivenBack(WorkerProcessTest.Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            worker.send(chunk("sleep", false, List.of(0, 0.5, 0, 0)));
            assertThat(untilRunning(worker, 1)).containsExactly("0");
            worker.send(new Message.Drop(List.of(ID, 4L)));
            assertThat(worker.receive()).isEqualTo(new Message.Dropped(List.of(ID), List.of(2)));
            worker.send(new Message.Drop(List.of(ID)));
            assertThat(worker.receive()).isEqualTo(new Message.Dropped(List.of(), List.of()));
            assertThat(outcomes(worker, 1, 2)).containsExactly("0.5");
            worker.call(8, "echo", "[1]");
            assertThat(worker.receive(Message.Result.class).id()).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCancellationHitsItsItemAndNoOther(WorkerProcessTest.Slots slots) throws Exception {
        try (WorkerUnderTest worker = slots.start()) {
            worker.send(chunk("sleep", false, List.of(100, 0.05, 100, 0.01)));
            assertThat(untilRunning(worker, 0)).isEmpty();
            worker.send(new Message.Cancel(ID, 0), new Message.Cancel(ID, 2), new Message.Cancel(4, 1));
            String interrupted = "java.lang.InterruptedException";
            assertThat(outcomes(worker, 0, 4)).containsExactly(interrupted, "0.05", interrupted, "0.01");
        }
    }

    /** How the items from one index up to another end, which must be reported in this order. */
    private static List<String> outcomes(WorkerUnderTest worker, int first, int end) throws Exception {
        List<String> outcomes = new ArrayList<>();
        while (outcomes.size() < end - first) {
            add(outcomes, first, worker.receive());
        }
        assertThat(outcomes).hasSize(end - first);
        return outcomes;
    }

    /** How the items before this one ended, which must be reported before this one is announced. */
    private static List<String> untilRunning(WorkerUnderTest worker, int index) throws Exception {
        List<String> outcomes = new ArrayList<>();
        Message next = worker.receive();
        while (!next.equals(new Message.Running(ID, index))) {
            add(outcomes, 0, next);
            next = worker.receive();
        }
        assertThat(outcomes).hasSize(index);
        return outcomes;
    }

    private static void add(List<String> outcomes, int first, Message report) {
        int next = first + outcomes.size();
        switch (report) {
            case Message.Results(long id, int index, long nanos, JsonSlices values) -> {
                assertThat(id).isEqualTo(ID);
                assertThat(index).isEqualTo(next);
                for (int i = 0; i < values.count(); i++) {
                    outcomes.add(values.get(i).toString());
                }
            }
            case Message.Error error -> {
                assertThat(error.index()).isEqualTo(next);
                outcomes.add(String.valueOf(error.exception()));
            }
            case Message.Running(long id, int index) -> assertThat(index).isEqualTo(next);
            default -> throw new AssertionError(report);
        }
    }

    private static Message.Chunk chunk(String function, boolean star, List<?> items) {
        String array = items.stream().map(Object::toString).collect(Collectors.joining(", ", "[", "]"));
        return new Message.Chunk(ID, 1, function, star, JsonSlices.elements(RawJson.of(array)), false);
    }
}
