package dev.motorpool.detached;

import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one job in the order of its life, up to a final state, whatever the order in which they are added: a start is
 * recorded later than it happens, and may be reported after the end of its attempt. What is added faster than it is taken is
 * thinned out: of each state the latest progress is kept, of all that was printed the last 64 KiB. States are all kept: a
 * round has at most three for each of its 101 attempts. Guarded by its owner.
 */
final class LifeEvents {

    /** A state and what happened in it. */
    private static final class Phase {
        private final LifePosition position;
        private JobEvent.@Nullable State state;
        private @Nullable RawJson progress;
        private PrintedText output;

        Phase(JobView job, PrintedText output) {
            this.output = output;
            this.position = LifePosition.of(job.job());
            this.state = new JobEvent.State(job);
        }
    }

    private final ListenerBytes budget;

    /** The first may have been taken in part; the last is the latest state. */
    private final ArrayDeque<Phase> phases = new ArrayDeque<>();

    private LifePosition latest = LifePosition.START;
    private @Nullable StoredJob latestJob;

    /** Of an attempt whose start has not been added yet. */
    private int earlyAttempt;

    private @Nullable RawJson earlyProgress;
    private PrintedText earlyOutput;

    private @Nullable RawJson takenProgress;

    LifeEvents(ListenerBytes budget) {
        this.budget = budget;
        this.earlyOutput = new PrintedText(budget);
    }

    /** The present state of the job, as read from the store: what has been added already may lie before it. */
    void begin(JobView now) {
        LifePosition position = LifePosition.of(now.job());
        Phase first = new Phase(now, new PrintedText(budget));
        first.progress = now.job().progress();
        for (Phase known = phases.peek(); known != null && !known.position.isAfter(position); known = phases.peek()) {
            phases.remove();
            if (known.position.equals(position)) {
                first.output = known.output;
                first.progress = known.progress == null ? first.progress : known.progress;
            } else {
                known.output.clear();
            }
        }
        if (now.job().state().isFinal()) {
            phases.forEach(phase -> phase.output.clear());
            phases.clear();
            first.progress = null;
        }
        phases.addFirst(first);
        if (phases.size() == 1) {
            latest = position;
            latestJob = now.job();
            adoptEarly(first);
        }
    }

    /** Adds a state, unless it or a later one has been added, with those before it that it shows and nobody has added. */
    void add(JobView job) {
        StoredJob next = job.job();
        if (isOver() || !LifePosition.of(next).isAfter(latest)) {
            return;
        }
        StoredJob started = next.startOfLatest();
        if (started != null && LifePosition.of(started).isAfter(latest)) {
            add(new JobView(started, List.of(), null, null));
        }
        StoredJob before = latestJob;
        if (next.state() == JobState.RUNNING && before != null && before.state() == JobState.SCHEDULED) {
            append(new JobView(before.queuedAgain(), List.of(), null, null));
        }
        append(job);
    }

    private void append(JobView job) {
        Phase phase = new Phase(job, new PrintedText(budget));
        phases.add(phase);
        latest = phase.position;
        latestJob = job.job();
        adoptEarly(phase);
    }

    private void adoptEarly(Phase phase) {
        if (earlyAttempt != 0 && phase.position.attempt() >= earlyAttempt) {
            if (isRunning(phase, earlyAttempt)) {
                phase.output = earlyOutput;
                phase.progress = earlyProgress == null ? phase.progress : earlyProgress;
                earlyOutput = new PrintedText(budget);
            }
            earlyAttempt = 0;
            earlyProgress = null;
            earlyOutput.clear();
        }
    }

    private boolean isRunning(@Nullable Phase phase, int attempt) {
        StoredJob job = latestJob;
        return phase != null && job != null && job.state() == JobState.RUNNING && phase.position.attempt() == attempt;
    }

    void add(JobEvent.Progress told) {
        Phase phase = phases.peekLast();
        if (isRunning(phase, told.attempt())) {
            phase.progress = told.progress();
        } else if (isEarly(told.attempt())) {
            earlyProgress = told.progress();
        }
    }

    void add(JobEvent.Output told) {
        Phase phase = phases.peekLast();
        if (isRunning(phase, told.attempt())) {
            phase.output.add(told);
            dropOldOutput(phase);
        } else if (isEarly(told.attempt())) {
            earlyOutput.add(told);
        }
    }

    /** Whether the start of the attempt has not been added yet; what an attempt tells after its end is dropped. */
    private boolean isEarly(int attempt) {
        if (isOver() || attempt <= latest.attempt()) {
            return false;
        }
        if (attempt > earlyAttempt) {
            earlyAttempt = attempt;
            earlyProgress = null;
            earlyOutput.clear();
        }
        return attempt == earlyAttempt;
    }

    /** Of all that waits to be taken, the last 64 KiB of output stay. */
    private void dropOldOutput(Phase last) {
        if (phases.size() > 1 && last.output.length() >= ListenerBytes.MOST_OF_ONE) {
            for (Phase phase : phases) {
                if (phase != last) {
                    phase.output.drop();
                }
            }
        }
    }

    /** The next event; null if there is none yet, or after the final state. */
    @Nullable
    JobEvent take() {
        for (Phase phase = phases.peek(); phase != null; phase = phases.peek()) {
            JobEvent next = take(phase);
            if (next != null) {
                return next;
            }
            if (phases.size() == 1) {
                return null;
            }
            phases.remove();
        }
        return null;
    }

    private @Nullable JobEvent take(Phase phase) {
        JobEvent state = phase.state;
        if (state != null) {
            phase.state = null;
            return state;
        }
        int attempt = phase.position.attempt();
        if (!phase.output.isEmpty()) {
            return phase.output.take(attempt);
        }
        RawJson progress = phase.progress;
        phase.progress = null;
        if (progress == null || progress.equals(takenProgress)) {
            return null;
        }
        takenProgress = progress;
        return new JobEvent.Progress(attempt, progress);
    }

    /** Keeps no printed text any more. */
    void clear() {
        phases.forEach(phase -> phase.output.clear());
        earlyOutput.clear();
    }

    /** Whether the final state has been added. */
    private boolean isOver() {
        StoredJob job = latestJob;
        return job != null && job.state().isFinal();
    }

    /** Whether all up to the final state has been taken. */
    boolean isTaken() {
        Phase last = phases.peek();
        return isOver() && phases.size() == 1 && last != null && last.state == null;
    }
}
