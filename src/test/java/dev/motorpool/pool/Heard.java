package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the listener of a detached call has heard, in its order. */
final class Heard implements CallListener {

    /** Words for what was heard; guarded by this, as what follows. */
    private final List<String> words = new ArrayList<>();

    private final StringBuilder printed = new StringBuilder();
    private final List<Outcome> outcomes = new ArrayList<>();
    private int reports;

    /** The outcome, once there is one. */
    Outcome outcome() {
        return Eventually.until(PoolFixture.PATIENCE, () -> {
            synchronized (this) {
                assertThat(outcomes).hasSize(1);
                return outcomes.getFirst();
            }
        });
    }

    void awaitStart() {
        Eventually.within(PoolFixture.PATIENCE, () -> assertThat(words()).contains("started"));
    }

    synchronized List<String> words() {
        return List.copyOf(words);
    }

    /** The same without the start, which another thread reports than everything else. */
    synchronized List<String> wordsSinceStart() {
        return words.stream().filter(word -> !word.equals("started")).toList();
    }

    synchronized String printed() {
        return printed.toString();
    }

    /** In how many pieces that came. */
    synchronized int reports() {
        return reports;
    }

    @Override
    public synchronized void started(Instant at, long queueNanos, String workerId, long pid) {
        assertThat(queueNanos).isNotNegative();
        assertThat(pid).isPositive();
        words.add("started");
    }

    @Override
    public synchronized void progress(long done, long total, String message) {
        words.add(done + " of " + total + ": " + message);
    }

    @Override
    public synchronized void output(String text) {
        printed.append(text);
        reports++;
        if (words.isEmpty() || !words.getLast().equals("output")) {
            words.add("output");
        }
    }

    @Override
    public synchronized void ended(Outcome outcome) {
        outcomes.add(outcome);
        words.add("ended");
    }
}
