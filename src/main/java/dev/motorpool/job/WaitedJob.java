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
    private final String verb;
    private final CallSpec call;
    private final Instant createdAt;
    private final PendingCall pending;
    private final Clock clock;

    WaitedJob(UUID id, String verb, CallSpec call, Instant createdAt, PendingCall pending, Clock clock) {
        this.id = id;
        this.verb = verb;
        this.call = call;
        this.createdAt = createdAt;
        this.pending = pending;
        this.clock = clock;
    }

    public UUID id() {
        return id;
    }

    @Override
    public Job await() throws InterruptedException {
        return ended(pending.await());
    }

    @Override
    public void cancel() {
        pending.cancel();
    }

    private JobError error(Outcome.Failed failed) {
        return OutcomeMapper.error(id, call.function().name(), call.pool().name(), call.expires(), failed.failure());
    }

    private Job ended(Outcome outcome) {
        Outcome.Run run = outcome.run();
        Instant finishedAt = run == null ? clock.instant() : run.finishedAt();
        long queueNanos = run == null ? Duration.between(createdAt, finishedAt).toNanos() : run.queueNanos();
        JobState state = OutcomeMapper.state(outcome);
        return new Job(
                id,
                verb,
                call.function().name(),
                call.pool().name(),
                state,
                outcome instanceof Outcome.Succeeded succeeded ? succeeded.value() : null,
                outcome instanceof Outcome.Failed failed ? error(failed) : null,
                run == null ? 0 : 1,
                call.priority(),
                call.tags(),
                createdAt,
                finishedAt,
                Math.max(0, queueNanos),
                run);
    }
}
