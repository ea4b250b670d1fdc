package dev.motorpool.detached;

import dev.motorpool.job.Ends;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Failure;
import dev.motorpool.pool.Outcome;
import java.time.Clock;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes runs of jobs whose turn is near, and turns what they tell into changes of the store. What a change leads to
 * happens once it is on stable storage: the run leaves the memory, and those who watch the job hear of it.
 */
final class Runs implements SingleRun.Owner, MapOwner {

    private static final int ROWS = 64;
    private static final long ROW_BYTES = 4L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

    private final Commits commits;
    private final JobStore store;
    private final Feeds feeds;
    private final Watchers watchers;
    private final Endings endings;
    private final Aftermath aftermath;
    private final Retries retries;
    private final Clock clock;
    private final RelativeTimes expiries;
    private final JobMemory memory;

    private final ScheduledExecutorService later;
    private final Executor threads;
    private final Map<JobLine, MapGate> gates = new ConcurrentHashMap<>();

    Runs(
            Commits commits,
            JobStore store,
            Feeds feeds,
            Watchers watchers,
            Endings endings,
            Aftermath aftermath,
            Retries retries,
            Clock clock,
            RelativeTimes expiries,
            JobMemory memory,
            ScheduledExecutorService later,
            Executor threads) {
        this.threads = threads;
        this.commits = commits;
        this.store = store;
        this.feeds = feeds;
        this.watchers = watchers;
        this.endings = endings;
        this.aftermath = aftermath;
        this.retries = retries;
        this.clock = clock;
        this.expiries = expiries;
        this.memory = memory;
        this.later = later;
    }

    Run of(WaitingJob waiting) {
        NewJob.MapShape map = waiting.job().map();
        return map == null ? new SingleRun(waiting, expiries, this) : new MapRun(waiting, map, clock, expiries, this);
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
                if (!run.abandoned() && watchers.isWatched(run.job.id())) {
                    StoredJob started = run.job.running(attempt, run.queueNanos(), run.progress());
                    watchers.happened(new JobView(started, List.of(attempt), null, null));
                }
            }
        });
    }

    @Override
    public void progressed(Run run, RawJson progress) {
        if (!run.abandoned()) {
            watchers.progressed(run.job.id(), run.number, progress);
        }
    }

    @Override
    public void printed(Run run, String text) {
        if (!run.abandoned()) {
            watchers.printed(run.job.id(), run.number, text);
        }
    }

    @Override
    public void ended(SingleRun run, Outcome outcome) {
        switch (outcome) {
            case Outcome.Succeeded(RawJson value, Outcome.Run its) ->
                commits.add(new SuccessOfRun(run, aftermath, endings, end(run, its, null), value));
            case Outcome.Failed(Failure failure, Outcome.Run its)
            when its != null && isFailure(failure) -> {
                RawJson error = error(run, failure);
                AttemptEnd end = end(run, its, error);
                commits.add(
                        Retries.isTriedAgain(run.job, failure)
                                ? new RetryOfRun(run, aftermath, end, retries.nextAttempt(run.job))
                                : new FailureOfRun(run, aftermath, endings, end, error, List.of()));
            }
            case Outcome.Failed(Failure failure, var its) -> endedByDecision(run, failure);
        }
    }

    private static AttemptEnd end(Run run, Outcome.Run its, @Nullable RawJson error) {
        return run.end(its.startedAt(), its.finishedAt(), its.runNanos(), its.workerId(), its.pid(), error);
    }

    @Override
    public RawJson error(Run run, Failure failure) {
        return jobError(run, failure).toJson();
    }

    private static JobError jobError(Run run, Failure failure) {
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

    private void endedByDecision(Run run, Failure failure) {
        run.endUnstarted();
        switch (failure) {
            case Failure.Cancelled ignored ->
                commits.add(new DecidedEnd(
                        run, aftermath, JobState.CANCELLED, tables -> endings.cancel(tables, run.job, run)));
            case Failure.Expired ignored ->
                commits.add(
                        new DecidedEnd(run, aftermath, JobState.EXPIRED, tables -> endings.expire(tables, run.job)));
            // The service stops, or the pool has gone: the store has the job.
            default -> aftermath.over(run);
        }
    }

    @Override
    public boolean mayOpen(MapRun run) {
        return gates.computeIfAbsent(feeds.line(run.job), _ -> new MapGate(memory.maps()))
                .enter(run);
    }

    /** The pool of the line is gone, and none of its jobs is in memory. */
    void forget(JobLine line) {
        gates.remove(line);
    }

    @Override
    public void left(MapRun run) {
        MapGate gate = gates.get(feeds.line(run.job));
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
                items.set(row.firstIndex(), row.firstIndex() + row.count());
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
                aftermath.over(run);
            }

            @Override
            long bytes() {
                return MapResults.bytes(rows);
            }
        });
    }

    @Override
    public void resume(MapRun run) {
        try {
            threads.execute(run::resume);
        } catch (RuntimeException | Error noThread) {
            LOG.atWarn()
                    .addKeyValue("job", run.job.id())
                    .log("A map goes on later, as no thread can be started: {}", noThread.toString());
            Future<?> _ = later.schedule(() -> resume(run), 1, TimeUnit.SECONDS);
        }
    }

    @Override
    public void flushLater(MapRun run, long nanos) {
        Future<?> _ = later.schedule(run::flushNow, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void ended(MapRun run, MapEnd end) {
        switch (end) {
            case MapEnd.Withdrawn ignored -> run.endUnstarted();
            case MapEnd.Succeeded ignored ->
                commits.add(new SuccessOfRun(run, aftermath, endings, run.attemptEnd(null), null));
            case MapEnd.Failed(int index, Failure failure) -> failed(run, index, failure);
            case MapEnd.Ended(Failure failure) -> endedByDecision(run, failure);
        }
    }

    private void failed(MapRun run, int index, Failure failure) {
        JobError plain = jobError(run, failure);
        RawJson error = plain.at(index).toJson();
        AttemptEnd end = run.attemptEnd(error);
        if (Retries.isTriedAgain(run.job, failure)) {
            commits.add(new RetryOfRun(run, aftermath, end, retries.nextAttempt(run.job)));
        } else {
            List<MapResults> row = List.of(run.last(index, plain.toJson()));
            commits.add(new FailureOfRun(run, aftermath, endings, end, error, row));
        }
    }
}
