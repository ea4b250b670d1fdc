package dev.motorpool.detached.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.model.JobEvent;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.LifePosition;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The events of one job in order, shared by all its listeners: an event is added once, and each {@link Reader} takes it
 * after its client has taken the earlier ones. Events may be added in another order: a start is recorded later than it
 * happens, and may be reported after the end of its attempt. If events are added faster than they are taken, only the
 * latest progress of each state and the last 64 KiB of the output are kept. States are kept until all readers have
 * taken them: a round has at most three for each of its 101 attempts.
 *
 * <p>The monitor guards the adding side. Readers take no lock; otherwise the pools' threads, which add, would wait for
 * thousands of virtual threads.
 */
public final class LifeEvents implements Watch {

    /**
     * Pause per reader between two reads of an attempt's reports, so that all readers together read at most 10,000
     * times a second.
     */
    private static final long PAUSE_NANOS = 100_000;

    /** Larger values are not kept with the state. */
    private static final int LARGE_VALUE = 8 << 10;

    private final ListenerBytes budget;

    /** Appended to under the monitor. */
    private final PrintedText printed;

    /** Readers that have found no event. A reader adds itself; the thread that adds an event removes it. */
    private final Set<Signal> waiting = ConcurrentHashMap.newKeySet();

    /** Written under the monitor. */
    private volatile Phase last = new Phase(LifePosition.START, null);

    /** Output and progress of an attempt whose start was not added yet. */
    @GuardedBy("this")
    private int earlyAttempt;

    @GuardedBy("this")
    private @Nullable RawJson earlyProgress;

    @GuardedBy("this")
    private boolean closed;

    /** Whether the job was deleted. */
    private volatile boolean gone;

    /** Written only while the entry in {@link Watchers} is locked. */
    private volatile int readers;

    LifeEvents(ListenerBytes budget) {
        this.budget = budget;
        this.printed = new PrintedText(budget);
        budget.opened();
    }

    /** Counts one more reader. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one at a time
    void opened() {
        readers++;
    }

    /** Counts one reader less; true if that was the last, and nothing is kept. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one at a time
    boolean closed() {
        readers--;
        if (readers > 0) {
            return false;
        }
        synchronized (this) {
            closed = true;
            printed.clear();
        }
        budget.closed();
        return true;
    }

    @Override
    public void ended(JobView job) {
        happened(withoutLargeValue(job));
    }

    private static JobView withoutLargeValue(JobView job) {
        RawJson value = job.value();
        return value == null || value.length() <= LARGE_VALUE
                ? job
                : new JobView(job.job(), job.attempts(), null, job.place(), job.waiting());
    }

    @Override
    public void happened(JobView job) {
        synchronized (this) {
            add(job);
        }
        wake();
    }

    @Override
    public void progressed(int attempt, RawJson progress) {
        synchronized (this) {
            if (isRunning(attempt)) {
                last.progress = progress;
            } else if (attempt > last.position.attempt() && attempt >= earlyAttempt) {
                earlyAttempt = attempt;
                earlyProgress = progress;
            }
        }
        wake();
    }

    /**
     * Adds output. Output after the attempt's end is discarded; output before its start was added is read after the
     * start.
     */
    @Override
    public void printed(int attempt, String text) {
        PrintedText.Encoded encoded = PrintedText.encode(text);
        synchronized (this) {
            if (closed || (!isRunning(attempt) && attempt <= last.position.attempt())) {
                return;
            }
            printed.add(attempt, encoded);
        }
        wake();
    }

    private boolean isRunning(int attempt) {
        return last.isRunning() && last.position.attempt() == attempt;
    }

    @Override
    public void forgotten() {
        gone = true;
        wake();
    }

    @Override
    public void stopping() {
        wake();
    }

    /** Wakes waiting readers: a reader whose client is slow costs nothing here. */
    private void wake() {
        for (Iterator<Signal> each = waiting.iterator(); each.hasNext(); ) {
            Signal signal = each.next();
            each.remove();
            signal.give();
        }
    }

    /**
     * Adds a state, unless it or a later one was added, with earlier states that it implies and that were not added.
     */
    @GuardedBy("this")
    private void add(JobView job) {
        StoredJob next = job.job();
        if (!LifePosition.of(next).isAfter(last.position)) {
            return;
        }
        StoredJob started = next.startOfLatest();
        if (started != null && LifePosition.of(started).isAfter(last.position)) {
            add(new JobView(started, List.of(), null));
        }
        JobView before = last.job;
        if (next.state() == JobState.RUNNING && before != null && before.job().state() == JobState.SCHEDULED) {
            append(new JobView(before.job().queuedAgain(), List.of(), null));
        }
        append(job);
    }

    @GuardedBy("this")
    private void append(JobView job) {
        Phase phase = new Phase(LifePosition.of(job.job()), job);
        if (earlyAttempt != 0 && phase.position.attempt() >= earlyAttempt) {
            if (phase.isRunning() && phase.position.attempt() == earlyAttempt) {
                phase.progress = earlyProgress;
            }
            earlyAttempt = 0;
            earlyProgress = null;
        }
        last.next = phase;
        last = phase;
    }

    /** Adds the present state, as read from the store: it may be before or after what was added already. */
    private void addPresent(JobView now) {
        LifePosition position = LifePosition.of(now.job());
        Phase known = last;
        if (known.position.isAfter(position) || (known.position.equals(position) && known.hasProgressOf(now))) {
            return; // the usual case for all listeners except the first
        }
        synchronized (this) {
            if (last.job == null) {
                append(now); // earlier states happened before there were listeners
            } else {
                add(now);
            }
            if (last.position.equals(position) && !last.hasProgressOf(now)) {
                last.progress = now.job().progress();
            }
        }
        wake();
    }

    /** The position of one listener among the events: from the present state to the next final one. For one thread. */
    public final class Reader {
        private final Signal signal;

        /** All phases up to this one were taken or skipped. */
        private Phase phase;

        private final PrintedText.Place place;

        /** The state taken last. */
        private LifePosition position = LifePosition.START;

        private boolean running;
        private @Nullable RawJson takenProgress;
        private boolean over;

        /** When it last took reports of an attempt; 0 if it has taken a state since. */
        private long tookReport;

        /** @param signal notified when there is more to take after there was nothing */
        public Reader(Signal signal) {
            this.signal = signal;
            this.phase = last;
            this.place = printed.end();
        }

        /** Takes the present state of the job, as read from the store after this reader was created. */
        public JobEvent.State begin(JobView now) {
            addPresent(now);
            taken(now);
            return new JobEvent.State(now);
        }

        /** Pause before it looks for what follows a report, in nanoseconds. */
        public long pause() {
            return tookReport == 0 ? 0 : tookReport + readers * PAUSE_NANOS - System.nanoTime();
        }

        /** As {@link #look}; if there is nothing, the signal is notified when there may be an event. */
        public @Nullable JobEvent take(UnaryOperator<JobView> whole) {
            JobEvent next = look(whole);
            if (next == null && !over) {
                waiting.add(signal);
                next = look(whole); // added meanwhile
            }
            return next;
        }

        /**
         * The next event; null if there is none yet, or after the final state.
         *
         * @param whole loads the full job for a state
         */
        public @Nullable JobEvent look(UnaryOperator<JobView> whole) {
            if (over) {
                return null;
            }
            boolean noMore = gone; // read first: nothing is added afterwards
            skipTaken();
            Phase next = nextState(); // read before the events of this state, which are all added earlier
            JobEvent within = takeWithinState();
            if (within != null) {
                tookReport = System.nanoTime();
                return within;
            }
            JobView told = next == null ? null : next.job;
            if (next == null || told == null) {
                over = noMore;
                return null;
            }
            phase = next;
            taken(told);
            return new JobEvent.State(next.whole(told, whole));
        }

        private void taken(JobView job) {
            tookReport = 0;
            position = LifePosition.of(job.job());
            running = job.job().state() == JobState.RUNNING;
            over = job.job().state().isFinal();
        }

        private @Nullable JobEvent takeWithinState() {
            JobEvent.Output output = running ? printed.take(place, position.attempt()) : null;
            if (output != null) {
                return output;
            }
            RawJson progress = phase.position.equals(position) ? phase.progress : null;
            if (progress == null || progress.equals(takenProgress)) {
                return null;
            }
            takenProgress = progress;
            return new JobEvent.Progress(position.attempt(), progress);
        }

        /** Skips to the phase that was taken last, if it is among the events. */
        private void skipTaken() {
            for (Phase next = phase.next; next != null && !next.position.isAfter(position); next = phase.next) {
                phase = next;
            }
        }

        /** The phase after the one that was taken last. */
        private @Nullable Phase nextState() {
            return phase.position.isAfter(position) ? phase : phase.next;
        }

        /** Whether the final state was taken, or no more events will follow. */
        public boolean isOver() {
            return over;
        }

        public void close() {
            waiting.remove(signal);
        }
    }
}
