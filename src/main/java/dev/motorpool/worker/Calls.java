package dev.motorpool.worker;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.method.Traceback;
import dev.motorpool.function.method.UnfitValueException;
import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import dev.motorpool.worker.program.ProgramFailedException;

/** Executes calls and creates their reports: runs the function, and catches everything it throws. */
abstract class Calls {

    private static final String FUNCTION_RAISED = "function-raised";

    /** Runs a call that has begun, on the current thread. */
    Message.Report execute(Message.Call call, CallContext context) {
        long id = call.id();
        long begin = System.nanoTime();
        try {
            RawJson value = run(call.function(), call.args(), call.kwargs(), context);
            return new Message.Result(id, System.nanoTime() - begin, value);
        } catch (Throwable thrown) {
            return failed(id, 0, System.nanoTime() - begin, thrown);
        }
    }

    /** Runs one item of a chunk on the current thread. {@link #failed} makes a report of what it throws. */
    RawJson execute(Message.Chunk chunk, int index, CallContext context) throws Throwable {
        RawJson item = chunk.items().get(index);
        return chunk.star()
                ? run(chunk.function(), item, RawJson.EMPTY_OBJECT, context)
                : runOne(chunk.function(), item, context);
    }

    /**
     * Runs a function; throws what it throws.
     *
     * @throws MissingFunctionException if there is no such function
     * @throws UnfitValueException if its value cannot be sent
     */
    abstract RawJson run(String function, RawJson args, RawJson kwargs, CallContext context) throws Throwable;

    /** As {@link #run}, with one positional argument. */
    abstract RawJson runOne(String function, RawJson argument, CallContext context) throws Throwable;

    /** The report of a call, or an item of a chunk, that ended without a value. */
    static Message.Error failed(long id, int index, long nanos, Throwable thrown) {
        if (thrown instanceof UnfitValueException unfit) {
            return new Message.Error(id, index, nanos, unfit.problem().word(), null, unfit.getMessage(), null);
        }
        if (thrown instanceof MissingFunctionException) {
            return new Message.Error(id, index, nanos, "unknown-function", null, "", null);
        }
        if (thrown instanceof ProgramFailedException failed) {
            return new Message.Error(
                    id,
                    index,
                    nanos,
                    FUNCTION_RAISED,
                    ProgramFailedException.NAME,
                    failed.getMessage(),
                    null,
                    failed.exitCode(),
                    failed.signal());
        }
        return new Message.Error(
                id,
                index,
                nanos,
                FUNCTION_RAISED,
                thrown.getClass().getName(),
                Traceback.message(thrown),
                Traceback.of(thrown));
    }

    /** The worker does not have the function of a call. */
    static final class MissingFunctionException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
