package dev.motorpool.pool;

import dev.motorpool.json.RawJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The outcome of a call. Each call has exactly one; the first that is decided stays. */
public sealed interface Outcome {

    /** The run of the call, or null if it never started. */
    @Nullable
    Run run();

    /** The function returned {@code value}. */
    record Succeeded(RawJson value, Run run) implements Outcome {}

    /** The call ended without a value. */
    record Failed(Failure failure, @Nullable Run run) implements Outcome {}

    /**
     * The time in which a call held a slot.
     *
     * @param startedAt when it got its slot
     * @param finishedAt when its outcome was decided
     * @param queueNanos nanoseconds from submission to start
     * @param runNanos nanoseconds it ran
     * @param workerId for example {@code processes-2}
     * @param pid operating system's id of the worker process
     */
    record Run(Instant startedAt, Instant finishedAt, long queueNanos, long runNanos, String workerId, long pid) {}
}
