package dev.motorpool.detached.model;

import dev.motorpool.detached.model.NewJob.MapShape;
import dev.motorpool.function.TraceContext;
import dev.motorpool.job.Callbacks;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A detached job in the store, without arguments, values and output, which may be large.
 *
 * @param tenant its owner
 * @param attempt the latest attempt that was recorded as started, 0 before the first; its number is its fencing token
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
 * @param callbacks webhook URLs for its end
 * @param round from 1; grows with each retry by hand
 * @param trace the trace that it belongs to; null if there is none
 */
public record StoredJob(
        UUID id,
        String tenant,
        String verb,
        String function,
        String pool,
        JobState state,
        int attempt,
        int priority,
        Map<String, String> tags,
        @Nullable Duration timeout,
        @Nullable Duration expires,
        int retries,
        int retriesLeft,
        Duration retryDelay,
        Duration retain,
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
        @Nullable MapShape map,
        Callbacks callbacks,
        int round,
        @Nullable TraceContext trace) {

    /** Memory of a tag besides its characters: an entry of a map and two strings. */
    private static final int TAG_BYTES = 128;

    /** A map has a progress from the beginning. */
    public StoredJob {
        if (progress == null && map != null) {
            progress = map.progress(0);
        }
    }

    /** Approximate memory of its texts, which clients and functions choose. */
    public long bytes() {
        long bytes = bytes(error) + bytes(progress) + (latest == null ? 0 : bytes(latest.error()));
        for (String url : callbacks.urls()) {
            bytes += url.length();
        }
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            bytes +=
                    TAG_BYTES + 2L * tag.getKey().length() + 2L * tag.getValue().length();
        }
        return bytes;
    }

    public static long bytes(List<StoredJob> jobs) {
        return jobs.stream().mapToLong(StoredJob::bytes).sum();
    }

    private static long bytes(@Nullable RawJson json) {
        return json == null ? 0 : json.length();
    }

    /** A copy while this attempt runs, whose start may not have been recorded yet. */
    public StoredJob running(Attempt attempt, long queueNanos, @Nullable RawJson progress) {
        return with(
                JobState.RUNNING, attempt.number(), attempt, null, queueNanos, 0, null, progress, retriesLeft, null);
    }

    /** A copy as it was while its latest attempt ran; null if it has none. */
    public @Nullable StoredJob startOfLatest() {
        Attempt last = latest;
        if (last == null || last.finishedAt() == null || last.number() != attempt) {
            return null;
        }
        Attempt started = new Attempt(last.number(), last.startedAt(), null, last.workerId(), last.pid(), null);
        return running(started, queueNanos, null);
    }

    /** A copy of a scheduled job that is due. */
    public StoredJob queuedAgain() {
        return with(JobState.QUEUED, attempt, latest, null, queueNanos, runNanos, null, progress, retriesLeft, null);
    }

    /** A copy after an attempt has ended and the job is not retried. */
    public StoredJob ended(JobState state, AttemptEnd end, @Nullable RawJson error) {
        Attempt attempt = end.attempt();
        return with(
                state,
                attempt.number(),
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
        long waited = attempt == 0 ? Math.max(0, Duration.between(createdAt, at).toNanos()) : queueNanos;
        return with(JobState.CANCELLED, attempt, latest, at, waited, runNanos, error, progress, retriesLeft, null);
    }

    /** A copy after an attempt has ended, until the next. */
    public StoredJob rescheduled(AttemptEnd end, Instant dueAt) {
        Attempt attempt = end.attempt();
        return with(
                JobState.SCHEDULED,
                attempt.number(),
                attempt,
                null,
                end.queueNanos(),
                end.runNanos(),
                null,
                map == null ? null : end.progress(),
                retriesLeft - 1,
                dueAt);
    }

    private StoredJob with(
            JobState newState,
            int newAttempt,
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
                verb,
                function,
                pool,
                newState,
                newAttempt,
                priority,
                tags,
                timeout,
                expires,
                retries,
                newRetriesLeft,
                retryDelay,
                retain,
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
                map,
                callbacks,
                round,
                trace);
    }
}
