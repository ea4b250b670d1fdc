package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Gathers the results of a lane, and fails where an item gets a second one. */
final class Results implements LaneResults {

    @Nullable
    Duration timeout;

    @Nullable
    Duration expires;

    boolean expiresTogether;
    boolean detached;

    /** By index; guarded by this, as what follows. */
    private final TreeMap<Long, Object> results = new TreeMap<>();

    private final StringBuilder printed = new StringBuilder();
    private int starts;
    private @Nullable Failure ended;
    private @Nullable String fault;

    static JsonSlices items(List<?> values) {
        return JsonSlices.elements(
                RawJson.of(values.stream().map(Object::toString).collect(Collectors.joining(", ", "[", "]"))));
    }

    Lane open(Pool pool, String function, int chunksize) {
        LaneRequest request = new LaneRequest(
                UUID.randomUUID(), 1, function, false, chunksize, timeout, expires, expiresTogether, 0, detached);
        try {
            return detached ? pool.laneDetached(request, this) : pool.lane(request, this);
        } catch (RefusedException refused) {
            throw new AssertionError(refused);
        }
    }

    /** Runs these items to their last result. */
    void run(Pool pool, String function, int chunksize, List<?> values) {
        Lane lane = open(pool, function, chunksize);
        lane.add(items(values));
        lane.finish();
        await(values.size());
    }

    void await(int count) {
        Eventually.within(PoolFixture.PATIENCE, () -> assertThat(count()).isGreaterThanOrEqualTo(count));
        synchronized (this) {
            assertThat(fault).isNull();
            assertThat(results).hasSize(count);
            assertThat(starts).isLessThanOrEqualTo(1);
        }
    }

    synchronized long count() {
        return results.size();
    }

    synchronized String printed() {
        return printed.toString();
    }

    @Override
    public synchronized void output(String text) {
        printed.append(text);
    }

    synchronized @Nullable Failure ended() {
        return ended;
    }

    /** The values, which all items must have. */
    synchronized List<String> values() {
        return results.values().stream()
                .map(RawJson.class::cast)
                .map(RawJson::toString)
                .toList();
    }

    /** For each item its value, or the word of its failure. */
    synchronized List<String> words() {
        return results.values().stream()
                .map(result -> result instanceof RawJson value
                        ? value.toString()
                        : result.getClass().getSimpleName())
                .toList();
    }

    @Override
    public synchronized void started(Instant at) {
        starts++;
    }

    @Override
    public synchronized void succeeded(long index, JsonSlices values) {
        for (int i = 0; i < values.count(); i++) {
            put(index + i, values.get(i));
        }
    }

    @Override
    public synchronized void failed(long index, Failure failure) {
        put(index, failure);
    }

    private void put(long index, Object result) {
        Object before = results.put(index, result);
        if (before != null) {
            fault = "item " + index + " has two results: " + before + " and " + result;
        }
    }

    @Override
    public synchronized void ended(Failure failure) {
        if (ended != null) {
            fault = "ended twice";
        }
        ended = failure;
    }
}
