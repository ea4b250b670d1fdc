package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A map or stream of a simulated history, and what must hold for it. */
final class SimulatedLane implements LaneResults {

    private static final long MILLISECOND = 1_000_000;

    private final SplittableRandom random;
    private final long name;
    private final Set<String> victims;
    private final Lane lane;
    private final @Nullable Duration timeout;
    private final boolean expires;
    private final boolean detached;
    private final Pool pool;
    private final Map<Long, Object> results = new HashMap<>();
    /** How long items ran that ended by themselves. */
    private final Map<Long, Long> runs = new HashMap<>();

    private long added;
    private boolean cancelled;
    private boolean limited;
    private boolean finished;
    private int starts;
    private @Nullable Failure ended;

    SimulatedLane(Pool pool, SplittableRandom random, long name, Set<String> victims) throws RefusedException {
        this.random = random;
        this.name = name;
        this.victims = victims;
        this.timeout = random.nextInt(3) == 0 ? Duration.ofNanos(1 + random.nextLong(10 * MILLISECOND)) : null;
        this.expires = random.nextInt(6) == 0;
        this.detached = random.nextInt(3) == 0;
        this.pool = pool;
        LaneRequest request = new LaneRequest(
                new UUID(1, name),
                1,
                random.nextInt(3) == 0 ? "longs" : "shorts",
                false,
                1 + random.nextInt(12),
                timeout,
                expires ? Duration.ofNanos(1 + random.nextLong(10 * MILLISECOND)) : null,
                random.nextBoolean(),
                random.nextInt(4) == 0 ? random.nextInt(5) - 2 : 0,
                detached);
        if (detached) {
            pool.admitDetached();
        }
        this.lane = detached ? pool.laneDetached(request, this) : pool.lane(request, this);
    }

    void act() {
        int choice = random.nextInt(20);
        if (choice < 15 && !finished) {
            add();
        } else if (choice == 15) {
            limited = true;
            lane.limit(random.nextLong(added + 1));
        } else if (choice < 19) {
            limited = false;
            lane.limit(Long.MAX_VALUE);
        } else if (random.nextInt(4) == 0) {
            cancelled = true;
            lane.cancel();
        }
    }

    private void add() {
        List<String> items = new ArrayList<>();
        for (int left = 1 + random.nextInt(30); left > 0; left--) {
            int sort = random.nextInt(100);
            String does = sort == 0 ? "crash" : sort == 1 && timeout != null ? "stubborn" : "run";
            long nanos = random.nextInt(15) == 0 ? random.nextLong(10 * MILLISECOND) : random.nextLong(100_000);
            items.add('"' + does + " " + nanos + " " + name(added + items.size()) + '"');
        }
        if (!cancelled && ended == null && !overByExpiry()) {
            added += items.size();
        }
        lane.add(JsonSlices.elements(RawJson.of("[" + String.join(",", items) + "]")));
    }

    private boolean overByExpiry() {
        return ended instanceof Failure.Expired;
    }

    /** A number that is its item's alone, so that a value shows whose it is. */
    private String name(long index) {
        return Long.toString(name * 1_000_000 + index);
    }

    void finish() {
        finished = true;
        lane.limit(Long.MAX_VALUE);
        lane.finish();
        if (detached) {
            pool.detachedEnded(1);
        }
    }

    /** Whether items may wait because of its limit. */
    boolean limited() {
        return limited;
    }

    long added() {
        return added;
    }

    void began(String item) {
        long index = Long.parseLong(item) - name * 1_000_000;
        if (index >= 0 && index < added) {
            // A time limit shorter than the way to the worker is over before the item begins.
            assertThat(results.get(index) instanceof Failure.TimedOut ? null : results.get(index))
                    .as("item %s begins after its result was told", item)
                    .isNull();
        }
    }

    void finished(String item, long nanos) {
        long index = Long.parseLong(item) - name * 1_000_000;
        if (index >= 0 && index < added) {
            runs.put(index, nanos);
        }
    }

    void check() {
        assertThat(starts).isLessThanOrEqualTo(1);
        if (!cancelled && ended == null) {
            assertThat(results).as("results of lane %s", name).hasSize((int) added);
        }
        results.forEach((index, result) -> {
            if (result instanceof RawJson value) {
                assertThat(value).hasToString(name(index));
            } else if (result instanceof Failure.WorkerLost) {
                assertThat(victims).as("victims").contains(name(index));
            } else if (result instanceof Failure.TimedOut) {
                assertThat(timeout).isNotNull();
                if (timeout != null) {
                    assertThat(runs.getOrDefault(index, Long.MAX_VALUE))
                            .as("run of item %s, which has timed out", index)
                            .isGreaterThan(timeout.toNanos());
                }
            } else if (result instanceof Failure.Expired) {
                assertThat(expires).isTrue();
            } else {
                assertThat(result).isInstanceOf(Failure.PoolBroken.class);
                assertThat(detached).isFalse();
            }
        });
    }

    @Override
    public void started(Instant at) {
        starts++;
    }

    @Override
    public void succeeded(long index, JsonSlices values) {
        assertThat(values.count()).isPositive();
        for (int i = 0; i < values.count(); i++) {
            put(index + i, values.get(i));
        }
    }

    @Override
    public void output(String text) {
        assertThat(detached).isTrue();
        assertThat(Long.parseLong(text) - name * 1_000_000).isBetween(0L, added - 1);
    }

    @Override
    public void failed(long index, Failure failure) {
        put(index, failure);
    }

    private void put(long index, Object result) {
        assertThat(index).isBetween(0L, added - 1);
        assertThat(results.put(index, result))
                .as("a second result of item %s: %s", index, result)
                .isNull();
    }

    @Override
    public void ended(Failure failure) {
        assertThat(ended).isNull();
        ended = failure;
    }
}
