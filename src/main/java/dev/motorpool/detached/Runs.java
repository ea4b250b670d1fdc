package dev.motorpool.detached;

import dev.motorpool.job.Ends;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobState;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Failure;
import dev.motorpool.pool.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes runs of jobs whose turn is near, and turns what they tell into changes of the store. What a change leads to
 * happens once it is on stable storage: the run leaves the memory, and those who watch the job hear of it.
 */
final class Runs implements SingleRun.Owner, MapRun.Owner {

    private static final Duration LONGEST_DELAY = Duration.ofHours(1);
    private static final double JITTER = 0.1;
    private static final int ROWS = 64;
    private static final long ROW_BYTES = 4L << 20;

    /** What follows the end of a job. */
    interface Aftermath {
        /** The job is in a final state. */
        void ended(StoredJob job, @Nullable RawJson value);

        /** The job is scheduled again. */
        void rescheduled(StoredJob job);
    }

    private final Commits commits;
    private final JobStore store;
    private final Feeds feeds;
    private final Watchers watchers;
    private final Aftermath aftermath;
    private final Clock clock;
    /** From 0 to 1. */
    private final DoubleSupplier random;

    private final ScheduledExecutorService later;
    private final Map<String, MapGate> gates = new ConcurrentHashMap<>();

    Runs(
            Commits commits,
            JobStore store,
            Feeds feeds,
            Watchers watchers,
            Aftermath aftermath,
            Clock clock,
            DoubleSupplier random,
            ScheduledExecutorService later) {
        this.commits = commits;
        this.store = store;
        this.feeds = feeds;
        this.watchers = watchers;
        this.aftermath = aftermath;
        this.clock = clock;
        this.random = random;
        this.later = later;
    }

    Run of(WaitingJob waiting) {
        NewJob.MapShape map = waiting.job().map();
        return map == null ? new SingleRun(waiting, clock, this) : new MapRun(waiting, map, clock, this);
    }

    @Override
    public void started(SingleRun run) {
        recordStart(run);
    }

    @Override
    public void started(MapRun run) {
        recordStart(run);
    }

    /** Recorded with the next group, or a moment later; not at all if the end is known by then. */
    private void recordStart(Run run) {
        feeds.started(run);
        Attempt attempt = run.attempt();
        if (attempt == null) {
            return;
        }
        commits.addUnhurried(new Change() {
            @Override
            void apply(JobTables tables) throws StoreException {
                if (!run.over() && !run.abandoned()) {
                    tables.start(run.job.id(), attempt, run.queueNanos());
                }
            }

            @Override
            void committed() {
                if (watchers.isWatched(run.job.id())) {
                    told(run, new JobEvent.State(new JobView(run.live(run.job), List.of(), null, null)));
                }
            }
        });
    }

    @Override
    public void told(Run run, JobEvent event) {
        if (!run.abandoned()) {
            watchers.happened(run.job.id(), event);
        }
    }

    @Override
    public void ended(SingleRun run, Outcome outcome) {
        switch (outcome) {
            case Outcome.Succeeded(RawJson value, Outcome.Run its) ->
                commits.add(new Succeed(run, end(run, its, null), value));
            case Outcome.Failed(Failure failure, Outcome.Run its)
            when its != null && isFailure(failure) ->
                failed(run, error(run, failure), retryable(failure), error -> end(run, its, error));
            case Outcome.Failed(Failure failure, var its) -> endedByDecision(run, failure);
        }
    }

    private static AttemptEnd end(Run run, Outcome.Run its, @Nullable RawJson error) {
        return run.end(its.startedAt(), its.finishedAt(), its.runNanos(), its.workerId(), its.pid(), error);
    }

    private JobError error(Run run, Failure failure) {
        return Ends.error(run.job.id(), run.job.function(), run.job.pool(), run.job.expires(), failure);
    }

    /** Whether it is the call's own end, not one that somebody has decided. */
    private static boolean isFailure(Failure failure) {
        return switch (failure) {
            case Failure.Cancelled ignored -> false;
            case Failure.Expired ignored -> false;
            case Failure.Unavailable ignored -> false;
            case Failure.PoolBroken ignored -> false;
            default -> true;
        };
    }

    /** Whether another attempt may end otherwise; a value that has no place in an answer will have none then either. */
    private static boolean retryable(Failure failure) {
        return switch (failure) {
            case Failure.Raised ignored -> true;
            case Failure.TimedOut ignored -> true;
            case Failure.WorkerLost ignored -> true;
            default -> false;
        };
    }

    /** How the end of an attempt is made for its error. */
    private interface EndMaker {
        AttemptEnd of(@Nullable RawJson error);
    }

    private void failed(Run run, JobError error, boolean retryable, EndMaker maker) {
        RawJson json = error.toJson();
        AttemptEnd end = maker.of(json);
        if (retryable && run.job.retriesLeft() > 0) {
            commits.add(new Reschedule(run, end, clock.instant().plus(delay(run.job))));
        } else {
            commits.add(new Fail(run, end, json, List.of()));
        }
    }

    /** The delay doubles with each failure of a round. */
    private Duration delay(StoredJob job) {
        int failures = job.retries() - job.retriesLeft();
        double seconds = job.retryDelay().toNanos() / 1e9 * Math.pow(2, failures) * (1 + JITTER * random.getAsDouble());
        double most = LONGEST_DELAY.toSeconds();
        return Duration.ofNanos((long) (Math.min(seconds, most) * 1e9));
    }

    private void endedByDecision(Run run, Failure failure) {
        run.endUnstarted();
        switch (failure) {
            case Failure.Cancelled ignored ->
                commits.add(new Cancel(run, error(run, failure).toJson()));
            case Failure.Expired ignored ->
                commits.add(new Expire(run, error(run, failure).toJson()));
            // The service stops, or the pool has gone: the store has the job.
            default -> feeds.over(run);
        }
    }

    @Override
    public boolean mayOpen(MapRun run) {
        return gates.computeIfAbsent(run.job.pool(), name -> new MapGate()).enter(run);
    }

    @Override
    public void left(MapRun run) {
        MapGate gate = gates.get(run.job.pool());
        if (gate != null) {
            gate.leave(run).forEach(MapRun::open);
        }
    }

    @Override
    public MapDone done(MapRun run) throws StoreException {
        BitSet items = new BitSet(run.shape().count());
        long next = 0;
        while (true) {
            long from = next;
            List<MapResults> rows = store.read(tables -> tables.resultsBySeq(run.job.id(), from, ROWS, ROW_BYTES));
            if (rows.isEmpty()) {
                return new MapDone(items, next);
            }
            for (MapResults row : rows) {
                if (!row.failed()) {
                    items.set(row.firstIndex(), row.firstIndex() + row.count());
                }
                next = Math.max(next, row.firstSeq() + row.count());
            }
        }
    }

    @Override
    public void results(MapRun run, List<MapResults> rows) {
        commits.add(new Change() {
            @Override
            void apply(JobTables tables) throws StoreException {
                if (!run.abandoned()) {
                    Attempt attempt = run.attempt();
                    if (attempt != null) {
                        tables.start(run.job.id(), attempt, run.queueNanos());
                    }
                    tables.addResults(run.job.id(), run.number, rows);
                }
            }

            @Override
            void committed() {
                run.committed();
                watchers.results(run.job.id());
            }

            @Override
            void refused(StoreException why) {
                // The job stays as the store has it, as where its end is refused.
                run.abandon();
                feeds.over(run);
            }

            @Override
            long bytes() {
                return rows.stream().mapToLong(row -> row.bytes().length).sum();
            }
        });
    }

    @Override
    public void flushLater(MapRun run, long nanos) {
        Future<?> _ = later.schedule(run::flushNow, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void ended(MapRun run, MapEnd end) {
        switch (end) {
            case MapEnd.Withdrawn ignored -> run.endUnstarted();
            case MapEnd.Succeeded ignored -> commits.add(new Succeed(run, run.attemptEnd(null), null));
            case MapEnd.Failed(int index, Failure failure) -> {
                JobError plain = error(run, failure);
                JobError error = plain.at(index);
                RawJson json = error.toJson();
                if (retryable(failure) && run.job.retriesLeft() > 0) {
                    failed(run, error, true, run::attemptEnd);
                } else {
                    commits.add(new Fail(run, run.attemptEnd(json), json, List.of(failedRow(run, index, 0, plain))));
                }
            }
            case MapEnd.Collected(Map<Integer, Failure> failures) -> collected(run, failures);
            case MapEnd.Ended(Failure failure) -> endedByDecision(run, failure);
        }
    }

    /** Every item of a map that goes on has its result; what failed is tried again as long as there are retries. */
    private void collected(MapRun run, Map<Integer, Failure> failures) {
        boolean again = run.job.retriesLeft() > 0 && failures.values().stream().anyMatch(Runs::retryable);
        if (again) {
            Map.Entry<Integer, Failure> first = failures.entrySet().iterator().next();
            failed(run, error(run, first.getValue()).at(first.getKey()), true, run::attemptEnd);
            return;
        }
        List<MapResults> rows = new ArrayList<>();
        failures.forEach((index, failure) -> rows.add(failedRow(run, index, rows.size(), error(run, failure))));
        commits.add(new Succeed(run, run.attemptEnd(null), null, rows));
    }

    private static MapResults failedRow(MapRun run, int index, int place, JobError error) {
        RawJson json = error.toJson();
        JsonSlices one = new JsonSlices(json.bytes(), new int[] {json.offset(), json.offset() + json.length()}, 1);
        return MapResults.of(index, run.nextSeq() + place, true, one);
    }

    /** The end of an attempt: what it does to the job, unless that has ended otherwise. */
    private abstract class End extends Change {
        final Run run;
        private boolean done;

        /** Whether a transaction with it has failed, and may have been done all the same. */
        private boolean doubtful;

        End(Run run) {
            this.run = run;
        }

        @Override
        final void apply(JobTables tables) throws StoreException {
            done = !run.abandoned() && (make(tables) || (doubtful && made(tables)));
        }

        @Override
        final boolean failed(StoreException why) {
            doubtful = true;
            return true;
        }

        private boolean made(JobTables tables) throws StoreException {
            StoredJob now = tables.find(run.job.id());
            return now != null && isMade(now);
        }

        @Override
        final void committed() {
            feeds.over(run);
            if (done) {
                follow();
            }
        }

        /** The job stays as the store has it, until the service starts again. */
        @Override
        final void refused(StoreException why) {
            feeds.over(run);
        }

        /** Makes the change; false if the job is not in a state for it any more. */
        abstract boolean make(JobTables tables) throws StoreException;

        /** Whether the job is as this change, and no other, makes it. */
        abstract boolean isMade(StoredJob now);

        static boolean isMade(StoredJob now, JobState state, AttemptEnd end) {
            Attempt latest = now.latest();
            return now.state() == state
                    && latest != null
                    && latest.number() == end.attempt().number();
        }

        abstract void follow();
    }

    private final class Succeed extends End {
        private final AttemptEnd end;
        private final @Nullable RawJson value;
        private final List<MapResults> rows;

        Succeed(Run run, AttemptEnd end, @Nullable RawJson value) {
            this(run, end, value, List.of());
        }

        Succeed(Run run, AttemptEnd end, @Nullable RawJson value, List<MapResults> rows) {
            super(run);
            this.end = end;
            this.value = value;
            this.rows = rows;
        }

        @Override
        boolean make(JobTables tables) throws StoreException {
            if (!rows.isEmpty()) {
                tables.addResults(run.job.id(), run.number, rows);
            }
            return tables.succeed(run.job.id(), end, value);
        }

        @Override
        boolean isMade(StoredJob now) {
            return isMade(now, JobState.SUCCEEDED, end);
        }

        @Override
        void follow() {
            aftermath.ended(run.job.ended(JobState.SUCCEEDED, end, null), value);
        }

        @Override
        long bytes() {
            return value == null ? 0 : value.length();
        }
    }

    private final class Fail extends End {
        private final AttemptEnd end;
        private final RawJson error;
        private final List<MapResults> rows;

        Fail(Run run, AttemptEnd end, RawJson error, List<MapResults> rows) {
            super(run);
            this.end = end;
            this.error = error;
            this.rows = rows;
        }

        @Override
        boolean make(JobTables tables) throws StoreException {
            if (!rows.isEmpty()) {
                tables.addResults(run.job.id(), run.number, rows);
            }
            return tables.fail(run.job.id(), end, error);
        }

        @Override
        boolean isMade(StoredJob now) {
            return isMade(now, JobState.FAILED, end);
        }

        @Override
        void follow() {
            aftermath.ended(run.job.ended(JobState.FAILED, end, error), null);
        }
    }

    private final class Reschedule extends End {
        private final AttemptEnd end;
        private final Instant dueAt;

        Reschedule(Run run, AttemptEnd end, Instant dueAt) {
            super(run);
            this.end = end;
            this.dueAt = dueAt;
        }

        @Override
        boolean make(JobTables tables) throws StoreException {
            return tables.reschedule(run.job.id(), end, dueAt);
        }

        @Override
        boolean isMade(StoredJob now) {
            return isMade(now, JobState.SCHEDULED, end);
        }

        @Override
        void follow() {
            aftermath.rescheduled(run.job.rescheduled(end, dueAt));
        }
    }

    /** The pool has cancelled it: it was terminated. */
    private final class Cancel extends End {
        private final RawJson error;
        private @Nullable StoredJob after;

        Cancel(Run run, RawJson error) {
            super(run);
            this.error = error;
        }

        @Override
        boolean make(JobTables tables) throws StoreException {
            Attempt attempt = run.attempt();
            if (attempt != null) {
                tables.start(run.job.id(), attempt, run.queueNanos());
                tables.tell(run.job.id(), attempt.number(), run.progress(), run.output());
            }
            boolean cancelled = tables.cancel(run.job.id(), clock.instant(), error);
            after = cancelled ? tables.find(run.job.id()) : null;
            return after != null;
        }

        @Override
        boolean isMade(StoredJob now) {
            after = now.state() == JobState.CANCELLED ? now : null;
            return after != null;
        }

        @Override
        void follow() {
            StoredJob job = after;
            if (job != null) {
                aftermath.ended(job, null);
            }
        }
    }

    private final class Expire extends End {
        private final RawJson error;
        private @Nullable StoredJob after;

        Expire(Run run, RawJson error) {
            super(run);
            this.error = error;
        }

        @Override
        boolean make(JobTables tables) throws StoreException {
            Instant limit = run.job.expiresAt();
            Instant now = clock.instant();
            // The pool's timers have a clock of their own, which may be a little ahead.
            Instant then = limit == null || now.isAfter(limit) ? now : limit;
            boolean expired = tables.expire(run.job.id(), then, error);
            after = expired ? tables.find(run.job.id()) : null;
            return after != null;
        }

        @Override
        boolean isMade(StoredJob now) {
            after = now.state() == JobState.EXPIRED ? now : null;
            return after != null;
        }

        @Override
        void follow() {
            StoredJob job = after;
            if (job != null) {
                aftermath.ended(job, null);
            }
        }
    }
}
