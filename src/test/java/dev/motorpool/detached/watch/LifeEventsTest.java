package dev.motorpool.detached.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The events of one job with many listeners. */
class LifeEventsTest {

    private static final int LISTENERS = 1_000;

    private final ListenerBytes budget = new ListenerBytes(1 << 20);
    private final Watchers watchers = new Watchers(budget);
    private final UUID job = new UUID(1, 2);

    private List<LifeEvents.Reader> listen(List<Signal> signals) {
        List<LifeEvents.Reader> readers = new ArrayList<>();
        for (Signal signal : signals) {
            readers.add(watchers.listen(job).new Reader(signal));
        }
        return readers;
    }

    private static List<Signal> signals() {
        List<Signal> signals = new ArrayList<>();
        for (int i = 0; i < LISTENERS; i++) {
            signals.add(new Signal());
        }
        return signals;
    }

    @Test
    void whatIsPrintedIsKeptOnceForAllAndNotAtAllAfterTheLast() {
        LifeEvents life = watchers.listen(job);
        List<LifeEvents.Reader> readers = listen(signals());
        for (int i = 0; i < 200; i++) {
            watchers.printed(job, 1, "x".repeat(1_000));
        }
        assertThat(budget.kept()).isBetween(1L, (long) ListenerBytes.MOST_OF_ONE);
        assertThat(watchers.listen(job)).as("the events of the job").isSameAs(life);
        watchers.leave(job);
        for (LifeEvents.Reader reader : readers) {
            reader.close();
            watchers.leave(job);
        }
        assertThat(watchers.isWatched(job)).isTrue();
        watchers.leave(job);
        assertThat(watchers.isWatched(job)).isFalse();
        assertThat(budget.kept()).isZero();
        watchers.printed(job, 1, "nobody listens");
        life.printed(1, "told by one who found it before");
        assertThat(budget.kept()).isZero();
    }

    /** Only readers that have found nothing are notified, each of them once. */
    @Test
    void whoDoesNotReadIsNotWoken() throws InterruptedException {
        List<Signal> signals = signals();
        List<LifeEvents.Reader> readers = listen(signals);
        LifeEvents.Reader reading = readers.getFirst();
        assertThat(reading.take(view -> view)).isNull();
        watchers.printed(job, 1, "something");
        assertThat(signals.getFirst().isGiven()).isTrue();
        signals.getFirst().await(Duration.ofMinutes(1));
        watchers.printed(job, 1, "more");
        assertThat(signals).noneMatch(Signal::isGiven);
    }
}
