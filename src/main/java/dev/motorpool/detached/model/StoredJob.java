package dev.motorpool.detached.model;

import dev.motorpool.function.TraceContext;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.JobState;
import dev.motorpool.job.ShownJob;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.CallAge;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A detached job in the store, without arguments, values and output, which may be large.
 *
 * @param tenant its owner
 * @param retriesLeft further attempts that failures may still use up
 * @param interruptions how often the service has died while this round's attempts ran
 * @param age its place among waiting jobs of its priority
 * @param dueAt when a scheduled job becomes queued; null in other states
 * @param expiresAt when a job that has not started in this round expires; null: never
 * @param latest the latest attempt, its error included; null before the first one
 * @param finishedAt when the final state was decided; null before
 * @param queueNanos how long it waited for its latest start, or for its end if it never started
 * @param error why the job has no value, in the format of the API; null unless its state is final and not succeeded
 * @param progress in the format of the API; null if none was reported; a map always has one
 * @param round from 1; grows with each retry by hand
 * @param trace the trace that it belongs to; null if there is none
 */
public record StoredJob(
        UUID id,
        String tenant,
        JobSpec spec,
        JobState state,
        int retriesLeft,
        int interruptions,
        long age,
        Instant createdAt,
        @Nullable Instant dueAt,
        @Nullable Instant expiresAt,
        @Nullable Attempt latest,
        @Nullable Instant finishedAt,
        long queueNanos,
        long runNanos,
        @Nullable RawJson error,
        @Nullable RawJson progress,
        int round,
        @Nullable TraceContext trace)
        implements ShownJob {

    /** Memory of a tag besides its characters: an entry of a map and two strings. */
    private static final int TAG_BYTES = 128;

    /** Ages of jobs that are made in one millisecond. */
    private static final int AGES_PER_MILLI = 1 << 12;

    /** A map has a progress from the beginning. */
    public StoredJob {
        if (progress == null && spec.map() != null) {
            progress = spec.map().progress(0);
        }
    }

    /** Approximate memory of its texts, which clients and functions choose. */
    public long bytes() {
        return 2 * spec.bytes()
                + (long) TAG_BYTES * spec.tags().size()
                + bytes(error)
                + bytes(progress)
                + (latest == null ? 0 : bytes(latest.error()));
    }

    public static long bytes(List<StoredJob> jobs) {
        return jobs.stream().mapToLong(StoredJob::bytes).sum();
    }

    private static long bytes(@Nullable RawJson json) {
        return json == null ? 0 : json.length();
    }

    /**
     * A new job, as it is stored.
     *
     * @param startAt its earliest start; null: at once
     */
    public static StoredJob submitted(
            UUID id,
            String tenant,
            JobSpec spec,
            Instant createdAt,
            @Nullable Instant startAt,
            @Nullable TraceContext trace) {
        Duration expires = spec.expires();
        return new StoredJob(
                id,
                tenant,
                spec,
                startAt == null ? JobState.QUEUED : JobState.SCHEDULED,
                spec.retries(),
                0,
                CallAge.of(id),
                toMicros(createdAt),
                startAt == null ? null : toMicros(startAt),
                expires == null ? null : toMicros(createdAt.plus(expires)),
                null,
                null,
                0,
                0,
                null,
                null,
                1,
                trace);
    }

    /** A moment as the store keeps it. */
    private static Instant toMicros(Instant moment) {
        return moment.truncatedTo(ChronoUnit.MICROS);
    }

    /** When a queued job was submitted, became due, or was retried by hand. */
    public Instant queuedAt() {
        return latest == null && age <= CallAge.of(createdAt) + AGES_PER_MILLI ? createdAt : CallAge.moment(age);
    }

    /** A copy while this attempt runs, whose start may not have been recorded yet. */
    public StoredJob running(Attempt attempt, long queueNanos, @Nullable RawJson progress) {
        return with(JobState.RUNNING, attempt, null, queueNanos, 0, null, progress, retriesLeft, null);
    }

    /** A copy as it was while its latest attempt ran; null if it has none. */
    public @Nullable StoredJob startOfLatest() {
        Attempt last = latest;
        if (last == null || last.finishedAt() == null || last.number() != attempt()) {
            return null;
        }
        Attempt started = new Attempt(last.number(), last.startedAt(), null, last.workerId(), last.pid(), null);
        return running(started, queueNanos, null);
    }

    /** A copy of a scheduled job that is due. */
    public StoredJob queuedAgain() {
        return with(JobState.QUEUED, latest, null, queueNanos, runNanos, null, progress, retriesLeft, null);
    }

    /** A copy after an attempt has ended and the job is not retried. */
    public StoredJob ended(JobState state, AttemptEnd end, @Nullable RawJson error) {
        Attempt attempt = end.attempt();
        return with(
                state,
                attempt,
                attempt.finishedAt(),
                end.queueNanos(),
                end.runNanos(),
                error,
                end.progress(),
                retriesLeft,
                null);
    }

    /** A copy of a job that was cancelled while no attempt ran. */
    public StoredJob cancelled(Instant at, RawJson error) {
        long waited =
                latest == null ? Math.max(0, Duration.between(createdAt, at).toNanos()) : queueNanos;
        return with(JobState.CANCELLED, latest, at, waited, runNanos, error, progress, retriesLeft, null);
    }

    /** A copy after an attempt has ended, until the next. */
    public StoredJob rescheduled(AttemptEnd end, Instant dueAt) {
        Attempt attempt = end.attempt();
        return with(
                JobState.SCHEDULED,
                attempt,
                null,
                end.queueNanos(),
                end.runNanos(),
                null,
                spec.map() == null ? null : end.progress(),
                retriesLeft - 1,
                dueAt);
    }

    private StoredJob with(
            JobState newState,
            @Nullable Attempt newLatest,
            @Nullable Instant newFinishedAt,
            long newQueueNanos,
            long newRunNanos,
            @Nullable RawJson newError,
            @Nullable RawJson newProgress,
            int newRetriesLeft,
            @Nullable Instant newDueAt) {
        return new StoredJob(
                id,
                tenant,
                spec,
                newState,
                newRetriesLeft,
                interruptions,
                age,
                createdAt,
                newDueAt,
                null,
                newLatest,
                newFinishedAt,
                newQueueNanos,
                newRunNanos,
                newError,
                newProgress,
                round,
                trace);
    }
}
