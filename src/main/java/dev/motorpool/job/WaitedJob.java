package dev.motorpool.job;

import dev.motorpool.pool.Outcome;
import dev.motorpool.pool.PendingCall;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** A job whose client waits for it. */
public final class WaitedJob implements Awaited<Job> {

    private final UUID id;
    private final JobSpec spec;
    private final Instant createdAt;
    private final PendingCall pending;
    private final Clock clock;

    WaitedJob(UUID id, JobSpec spec, Instant createdAt, PendingCall pending, Clock clock) {
        this.id = id;
        this.spec = spec;
        this.createdAt = createdAt;
        this.pending = pending;
        this.clock = clock;
    }

    @Override
    public Job await() throws InterruptedException {
        return ended(pending.await());
    }

    @Override
    public void cancel() {
        pending.cancel();
    }

    private Job ended(Outcome outcome) {
        Outcome.Run run = outcome.run();
        Instant finishedAt = run == null ? clock.instant() : run.finishedAt();
        long queueNanos = run == null ? Duration.between(createdAt, finishedAt).toNanos() : run.queueNanos();
        return new Job(
                id,
                spec,
                outcome instanceof Outcome.Succeeded succeeded ? succeeded.value() : null,
                outcome instanceof Outcome.Failed failed ? OutcomeMapper.error(id, spec, failed.failure()) : null,
                run == null ? null : new Attempt(1, run.startedAt(), finishedAt, run.workerId(), run.pid(), null),
                createdAt,
                finishedAt,
                Math.max(0, queueNanos),
                run == null ? 0 : run.runNanos());
    }
}
