package dev.motorpool.detached.feed;

import dev.motorpool.detached.attempt.AttemptFailure;
import dev.motorpool.detached.attempt.AttemptListener;
import dev.motorpool.detached.attempt.AttemptRetry;
import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.attempt.AttemptSuccess;
import dev.motorpool.detached.attempt.DecidedCompletion;
import dev.motorpool.detached.attempt.JobCompletion;
import dev.motorpool.detached.attempt.MapAttempt;
import dev.motorpool.detached.attempt.MapOwner;
import dev.motorpool.detached.attempt.Retries;
import dev.motorpool.detached.attempt.SingleAttempt;
import dev.motorpool.detached.commit.GroupCommitWriter;
import dev.motorpool.detached.commit.StoreChange;
import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.JobLine;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.MapDone;
import dev.motorpool.detached.model.MapEnd;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.detached.watch.Watchers;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.JobState;
import dev.motorpool.job.waited.OutcomeMapper;
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
 * Creates attempts for the next jobs, and converts their reports into changes of the store. Consequences of a change
 * follow once it is on stable storage: the attempt leaves memory, and watchers of the job are notified.
 */
public final class AttemptRunner implements SingleAttempt.Owner, MapOwner {

    private static final int ROWS = 64;
    private static final long ROW_BYTES = 4L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(AttemptRunner.class);

    private final GroupCommitWriter writer;
    private final JobStore store;
    private final Prefetches prefetches;
    private final Watchers watchers;
    private final JobCompletion completion;
    private final AttemptListener attemptListener;
    private final Retries retries;
    private final Clock clock;
    private final RelativeTimes expiries;
    private final JobMemory memory;

    private final ScheduledExecutorService later;
    private final Executor threads;
    private final Map<JobLine, MapGate> gates = new ConcurrentHashMap<>();

    public AttemptRunner(
            GroupCommitWriter writer,
            JobStore store,
            Prefetches prefetches,
            Watchers watchers,
            JobCompletion completion,
            AttemptListener attemptListener,
            Retries retries,
            Clock clock,
            RelativeTimes expiries,
            JobMemory memory,
            ScheduledExecutorService later,
            Executor threads) {
        this.threads = threads;
        this.writer = writer;
        this.store = store;
        this.prefetches = prefetches;
        this.watchers = watchers;
        this.completion = completion;
        this.attemptListener = attemptListener;
        this.retries = retries;
        this.clock = clock;
        this.expiries = expiries;
        this.memory = memory;
        this.later = later;
    }

    AttemptRun of(WaitingJob waiting) {
        JobSpec.MapShape map = waiting.job().spec().map();
        return map == null
                ? new SingleAttempt(waiting, expiries, this)
                : new MapAttempt(waiting, map, clock, expiries, this);
    }

    @Override
    public void started(SingleAttempt run) {
        recordStart(run);
    }

    @Override
    public void started(MapAttempt run) {
        recordStart(run);
    }

    /** The start is recorded with the next group, or a moment later; not at all if the end is known by then. */
    private void recordStart(AttemptRun run) {
        prefetches.started(run);
        Attempt attempt = run.attempt();
        if (attempt == null) {
            return;
        }
        writer.addUnhurried(new StoreChange() {
            @Override
            public void apply(JobTables tables) throws StoreException {
                if (!run.over() && !run.abandoned()) {
                    tables.start(run.job.id(), attempt, run.queueNanos());
                }
            }

            @Override
            public void committed() {
                if (!run.abandoned() && watchers.isWatched(run.job.id())) {
                    StoredJob started = run.job.running(attempt, run.queueNanos(), run.progress());
                    watchers.happened(new JobView(started, List.of(attempt), null));
                }
            }
        });
    }

    @Override
    public void progressed(AttemptRun run, RawJson progress) {
        if (!run.abandoned()) {
            watchers.progressed(run.job.id(), run.number, progress);
        }
    }

    @Override
    public void printed(AttemptRun run, String text) {
        if (!run.abandoned()) {
            watchers.printed(run.job.id(), run.number, text);
        }
    }

    @Override
    public void ended(SingleAttempt run, Outcome outcome) {
        switch (outcome) {
            case Outcome.Succeeded(RawJson value, Outcome.Run its) ->
                writer.add(new AttemptSuccess(run, attemptListener, completion, end(run, its, null), value));
            case Outcome.Failed(Failure failure, Outcome.Run its)
            when its != null && isFailure(failure) -> {
                RawJson error = error(run, failure);
                AttemptEnd end = end(run, its, error);
                writer.add(
                        Retries.isTriedAgain(run.job, failure)
                                ? new AttemptRetry(run, attemptListener, end, retries.nextAttempt(run.job))
                                : new AttemptFailure(run, attemptListener, completion, end, error, List.of()));
            }
            case Outcome.Failed(Failure.FunctionMissing missing, var its) -> unstart(run);
            case Outcome.Failed(Failure failure, var its) -> endedByDecision(run, failure);
        }
    }

    /** A worker did not have the function: the job is queued again, as if the attempt had not started. */
    private void unstart(AttemptRun run) {
        prefetches.lacks(run, clock.instant());
        run.endUnstarted();
        writer.add(new StoreChange() {
            @Override
            public void apply(JobTables tables) throws StoreException {
                if (!run.abandoned()) {
                    boolean _ = tables.unstart(run.job, run.number);
                }
            }

            @Override
            public void committed() {
                prefetches.back(run);
            }

            @Override
            public void refused(StoreException why) {
                prefetches.back(run);
            }
        });
    }

    private static AttemptEnd end(AttemptRun run, Outcome.Run its, @Nullable RawJson error) {
        return run.end(its.startedAt(), its.finishedAt(), its.runNanos(), its.workerId(), its.pid(), error);
    }

    @Override
    public RawJson error(AttemptRun run, Failure failure) {
        return jobError(run, failure).toJson();
    }

    private static JobError jobError(AttemptRun run, Failure failure) {
        return OutcomeMapper.error(run.job.id(), run.job.spec(), failure);
    }

    /** Whether the call itself ended, rather than being ended by a decision. */
    private static boolean isFailure(Failure failure) {
        return switch (failure) {
            case Failure.Cancelled ignored -> false;
            case Failure.Expired ignored -> false;
            case Failure.Unavailable ignored -> false;
            case Failure.PoolBroken ignored -> false;
            case Failure.FunctionMissing ignored -> false;
            default -> true;
        };
    }

    private void endedByDecision(AttemptRun run, Failure failure) {
        run.endUnstarted();
        switch (failure) {
            case Failure.Cancelled ignored ->
                writer.add(new DecidedCompletion(
                        run, attemptListener, JobState.CANCELLED, tables -> completion.cancel(tables, run.job, run)));
            case Failure.Expired ignored ->
                writer.add(new DecidedCompletion(
                        run, attemptListener, JobState.EXPIRED, tables -> completion.expire(tables, run.job)));
            // The service stops, or the pool is gone: the store has the job.
            default -> attemptListener.over(run);
        }
    }

    @Override
    public boolean mayOpen(MapAttempt run) {
        return gates.computeIfAbsent(prefetches.line(run.job), _ -> new MapGate(memory.maps()))
                .enter(run);
    }

    /** The pool of the line is gone, and none of its jobs is in memory. */
    void forget(JobLine line) {
        gates.remove(line);
    }

    @Override
    public void left(MapAttempt run) {
        MapGate gate = gates.get(prefetches.line(run.job));
        if (gate != null) {
            gate.leave(run).forEach(MapAttempt::open);
        }
    }

    @Override
    public MapDone done(MapAttempt run) throws StoreException {
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
    public void results(MapAttempt run, List<MapResults> rows) {
        writer.add(new StoreChange() {
            @Override
            public void apply(JobTables tables) throws StoreException {
                if (!run.abandoned()) {
                    Attempt attempt = run.attempt();
                    if (attempt != null) {
                        tables.start(run.job.id(), attempt, run.queueNanos());
                    }
                    tables.addResults(run.job.id(), run.number, rows);
                }
            }

            @Override
            public void committed() {
                run.committed();
                watchers.results(run.job.id());
            }

            @Override
            public void refused(StoreException why) {
                // The job stays as the store has it, as when its end is refused.
                run.abandon();
                attemptListener.over(run);
            }

            @Override
            public long bytes() {
                return MapResults.bytes(rows);
            }
        });
    }

    @Override
    public void resume(MapAttempt run) {
        try {
            threads.execute(run::resume);
        } catch (RuntimeException | Error noThread) {
            LOG.atWarn()
                    .addKeyValue("job", run.job.id())
                    .log("A map is delayed because no thread can be started: {}", noThread.toString());
            Future<?> _ = later.schedule(() -> resume(run), 1, TimeUnit.SECONDS);
        }
    }

    @Override
    public void flushLater(MapAttempt run, long nanos) {
        Future<?> _ = later.schedule(run::flushNow, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void ended(MapAttempt run, MapEnd end) {
        switch (end) {
            case MapEnd.Withdrawn ignored -> run.endUnstarted();
            case MapEnd.FunctionMissing ignored -> unstart(run);
            case MapEnd.Succeeded ignored ->
                writer.add(new AttemptSuccess(run, attemptListener, completion, run.attemptEnd(null), null));
            case MapEnd.Failed(int index, Failure failure) -> failed(run, index, failure);
            case MapEnd.Ended(Failure failure) -> endedByDecision(run, failure);
        }
    }

    private void failed(MapAttempt run, int index, Failure failure) {
        JobError plain = jobError(run, failure);
        RawJson error = plain.at(index).toJson();
        AttemptEnd end = run.attemptEnd(error);
        if (Retries.isTriedAgain(run.job, failure)) {
            writer.add(new AttemptRetry(run, attemptListener, end, retries.nextAttempt(run.job)));
        } else {
            List<MapResults> row = List.of(run.last(index, plain.toJson()));
            writer.add(new AttemptFailure(run, attemptListener, completion, end, error, row));
        }
    }
}
