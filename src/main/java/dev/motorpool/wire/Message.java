package dev.motorpool.wire;

import dev.motorpool.json.RawJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes through a worker's pipes, one message a frame. docs/protocol.md gives the JSON of each. */
public sealed interface Message {

    /** To the worker. */
    sealed interface Order extends Message {}

    /** To the service. */
    sealed interface Report extends Message {}

    /** Run this. {@code id} is unique within the worker's life. */
    record Call(long id, int attempt, String function, RawJson args, RawJson kwargs) implements Order {}

    /** Interrupt a running call; its report is still expected. */
    record Cancel(long id) implements Order {}

    /** Give back those of these calls that have not started; answered by {@link Dropped}. */
    record Drop(List<Long> ids) implements Order {}

    /** Finish what runs, then exit 0. End of file means the same at once. */
    record Stop() implements Order {}

    /** The first message of a worker. {@code functions} is an array as GET /v1/functions lists them. */
    record Hello(int version, RawJson functions) implements Report {}

    /** The call ran {@code nanos} nanoseconds and returned. Written before the worker starts its next call. */
    record Result(long id, long nanos, RawJson value) implements Report {}

    /**
     * The call ended without a value.
     *
     * @param type {@code function-raised}, {@code value-not-json} or {@code value-too-large}
     */
    record Error(
            long id,
            long nanos,
            String type,
            @Nullable String exception,
            String message,
            @Nullable String traceback) implements Report {}

    /** These calls will not run; those asked for but missing here have started or ended. */
    record Dropped(List<Long> ids) implements Report {}

    /** How far a call is. */
    record Progress(long id, long done, long total, String message) implements Report {}

    /** The process is about to exit on its own account (so a code above 128 is a code, not a signal). */
    record Leaving() implements Report {}
}
