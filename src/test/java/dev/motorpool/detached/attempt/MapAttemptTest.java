package dev.motorpool.detached.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Lane;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When a map is known as started, when it starts no further items, and when it does again. */
class MapAttemptTest {

    private static final int ITEMS = 100;

    private final List<Long> limits = new ArrayList<>();

    private final Lane lane = new Lane() {
        @Override
        public void add(JsonSlices items) {}

        @Override
        public void finish() {}

        @Override
        public void limit(long index) {
            limits.add(index);
        }

        @Override
        public void cancel() {}
    };

    /** What the map has told its owner, with the attempt as it was known then. */
    private final List<String> told = new ArrayList<>();

    private final MapAttempt map = map();

    private MapAttempt map() {
        JobSpec.MapShape shape = new JobSpec.MapShape(ITEMS, 1, false);
        JobSpec spec = new JobSpec("map_async", "echo", "pool", null, null, 0, Map.of(), shape);
        RawJson items = RawJson.of(Collections.nCopies(ITEMS, 1).toString().replace(" ", ""));
        WaitingJob job = new WaitingJob(
                StoredJob.submitted(new UUID(0x7000, 1L << 63), "default", spec, Instant.EPOCH, null, null),
                items,
                RawJson.EMPTY_OBJECT);
        Clock clock = Clock.systemUTC();
        MapOwner owner = answers(MapOwner.class, (_, method, args) -> {
            if (method.getName().equals("mayOpen")) {
                return true;
            }
            if (args[0] instanceof MapAttempt its) {
                told.add(method.getName() + (its.attempt() == null ? " of an unknown attempt" : ""));
            }
            return null;
        });
        return new MapAttempt(job, shape, clock, new RelativeTimes(clock, clock), owner);
    }

    private static <T> T answers(Class<T> port, InvocationHandler handler) {
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, handler));
    }

    /** Items succeed until the buffer is full, while the store has not written the first of them. */
    private void fill() {
        map.begin(answers(PoolPort.class, (_, _, _) -> lane));
        JsonSlices large = JsonSlices.elements(RawJson.of("[\"" + "x".repeat(1 << 20) + "\"]"));
        for (int i = 0; limits.isEmpty(); i++) {
            map.succeeded(i, large);
        }
        assertThat(limits).containsExactly(0L);
    }

    /** Else a service that dies in between takes the job for one that has never run, and stores results twice. */
    @Test
    void isKnownAsStartedBeforeItsFirstResultIsStoredThoughThePoolTellsLater() {
        map.begin(answers(PoolPort.class, (_, _, _) -> lane));
        map.succeeded(0, JsonSlices.elements(RawJson.of("[1]")));
        map.started(Instant.EPOCH);
        assertThat(told).containsExactly("started", "results");
        assertThat(map.withdraw(answers(PoolPort.class, (_, _, _) -> lane))).isFalse();
    }

    @Test
    void startsItemsAgainOnceItsResultsAreWritten() {
        fill();
        map.committed(); // the first result; all others are sent to the store
        assertThat(limits).containsOnly(0L);
        map.committed();
        assertThat(limits).endsWith(Long.MAX_VALUE);
    }

    @Test
    void startsNoneWhileItIsOnHoldThoughItsResultsAreWritten() {
        fill();
        map.hold(true);
        map.committed();
        map.committed();
        assertThat(limits).containsOnly(0L);
        map.hold(false);
        assertThat(limits).endsWith(Long.MAX_VALUE);
    }

    @Test
    void startsNoneAfterAHoldWhileItsResultsAreNotWritten() {
        fill();
        map.hold(true);
        map.hold(false);
        assertThat(limits).containsOnly(0L);
    }
}
