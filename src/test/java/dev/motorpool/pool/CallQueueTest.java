package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallQueueTest {

    private static final Map<String, Integer> LIMITS = Map.of("a", 1, "b", 3);
    private static final List<String> TENANTS = List.of("a", "b", "c");

    /** What the queue is to do, in the plainest way. */
    private final List<QueuedCall> waiting = new ArrayList<>();

    private final List<QueuedCall> given = new ArrayList<>();
    private final CallQueue queue = new CallQueue(LIMITS);

    @Test
    void nextIsTheFirstCallWhoseTenantMayStartAnother() {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            for (int step = 0; step < 300; step++) {
                step(random);
                assertThat(queue.peek()).as("seed %s, step %s", seed, step).isEqualTo(next());
                assertThat(queue.waitedFor()).isEqualTo(waiting.size());
                QueuedCall oldest = queue.oldest();
                assertThat(oldest == null ? -1 : oldest.age)
                        .isEqualTo(waiting.stream()
                                .mapToLong(call -> call.age)
                                .min()
                                .orElse(-1));
            }
            assertThat(queue.takeCalls()).containsExactlyInAnyOrderElementsOf(waiting);
            waiting.clear();
            given.forEach(queue::left);
            given.clear();
            assertThat(queue.peek()).isNull();
        }
    }

    @Test
    void reportsTheCallWhoseTurnMayCome() {
        QueuedCall first = call("a", 0, 1);
        QueuedCall second = call("a", 0, 2);
        QueuedCall other = call("c", 0, 3);
        queue.add(first);
        queue.add(second);
        queue.add(other);
        assertThat(queue.mayStart(second)).isFalse();
        queue.remove(first);
        assertThat(queue.mayStart(second)).isTrue();
        queue.given(first);
        assertThat(queue.mayStart(second)).isFalse();
        assertThat(queue.peek()).isEqualTo(other);
        assertThat(queue.left(first)).isEqualTo(second);
        assertThat(queue.left(first)).as("again").isNull();
        assertThat(queue.peek()).isEqualTo(second);
    }

    @Test
    void tenantsWithLimitsFillOnlyTheirOwnPartOfTheCapacity() {
        QueuedCall mine = call("a", 0, 1);
        queue.add(mine);
        queue.add(call("a", 0, 2));
        QueuedCall other = call("c", 0, 3);
        queue.add(other);
        assertThat(queue.waitedForBeside(mine)).isEqualTo(2);
        assertThat(queue.waitedForBeside(other)).isEqualTo(1);
    }

    private void step(SplittableRandom random) {
        int choice = random.nextInt(10);
        if (choice < 4) {
            QueuedCall call = call(TENANTS.get(random.nextInt(3)), random.nextInt(3), random.nextInt(50));
            waiting.add(call);
            queue.add(call);
        } else if (choice < 7) {
            QueuedCall next = queue.peek();
            if (next != null) {
                waiting.remove(next);
                queue.remove(next);
                given.add(next);
                queue.given(next);
            }
        } else if (choice < 9 && !given.isEmpty()) {
            QueuedCall call = given.remove(random.nextInt(given.size()));
            queue.left(call);
            if (random.nextBoolean()) {
                waiting.add(call);
                queue.add(call);
            }
        } else if (!waiting.isEmpty()) {
            queue.remove(waiting.remove(random.nextInt(waiting.size())));
        }
    }

    private QueuedCall call(String tenant, int priority, long age) {
        QueuedCall call = new QueuedCall(
                new CallRequest(
                        new UUID(0, 0),
                        1,
                        "echo",
                        RawJson.EMPTY_ARRAY,
                        RawJson.EMPTY_OBJECT,
                        null,
                        null,
                        priority,
                        age,
                        null,
                        null,
                        new Tenant(tenant)),
                0,
                each -> {});
        call.id = queue.number();
        return call;
    }

    private @Nullable QueuedCall next() {
        Map<String, Integer> running = new HashMap<>();
        given.forEach(call -> running.merge(call.request.tenant().name(), 1, Integer::sum));
        return waiting.stream()
                .filter(call -> running.getOrDefault(call.request.tenant().name(), 0)
                        < LIMITS.getOrDefault(call.request.tenant().name(), Integer.MAX_VALUE))
                .min(CallQueue.ORDER)
                .orElse(null);
    }
}
