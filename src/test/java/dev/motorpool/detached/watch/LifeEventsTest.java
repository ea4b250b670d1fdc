package dev.motorpool.detached.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.JobEvent;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.LifePosition;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** A start is recorded later than it happens, so it may be reported after the end; nobody hears of it then. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void statesComeInTheOrderOfTheLifeWhateverTheOrderOfTheirReports(long seed) {
        List<StoredJob> life = twoAttempts();
        List<StoredJob> reported = new ArrayList<>(life.subList(1, life.size()));
        Collections.shuffle(reported, new Random(seed));
        LifeEvents.Reader reader = watchers.listen(job).new Reader(new Signal());
        List<LifePosition> seen = new ArrayList<>();
        seen.add(LifePosition.of(reader.begin(view(life.getFirst())).job().job()));
        for (StoredJob each : reported) {
            watchers.happened(view(each));
            for (JobEvent next = reader.take(view -> view); next != null; next = reader.take(view -> view)) {
                seen.add(LifePosition.of(((JobEvent.State) next).job().job()));
            }
        }
        assertThat(seen).isSorted().doesNotHaveDuplicates();
        assertThat(seen.getLast()).isEqualTo(LifePosition.of(life.getLast()));
        assertThat(seen).contains(LifePosition.of(life.get(4)));
        assertThat(reader.isOver()).isTrue();
        reader.close();
        watchers.leave(job);
    }

    /** Queued, runs, fails and is scheduled again, runs, succeeds. */
    private List<StoredJob> twoAttempts() {
        Instant now = Instant.EPOCH;
        JobSpec spec = new JobSpec("apply_async", "echo", "io", null, null, 0, Map.of(), null);
        StoredJob queued = StoredJob.submitted(job, "default", spec, now, null, null);
        StoredJob first = queued.running(new Attempt(1, now, null, "io-1", 1L, null), 0, null);
        AttemptEnd failed =
                new AttemptEnd(new Attempt(1, now, now, "io-1", 1L, RawJson.EMPTY_OBJECT), 0, 0, null, null);
        StoredJob scheduled = first.rescheduled(failed, now);
        StoredJob again = scheduled.queuedAgain();
        StoredJob second = again.running(new Attempt(2, now, null, "io-1", 1L, null), 0, null);
        AttemptEnd done = new AttemptEnd(new Attempt(2, now, now, "io-1", 1L, null), 0, 0, null, null);
        return List.of(queued, first, scheduled, again, second, second.ended(JobState.SUCCEEDED, done, null));
    }

    private static JobView view(StoredJob job) {
        return new JobView(job, List.of(), null);
    }
}
