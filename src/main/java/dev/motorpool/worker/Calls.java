package dev.motorpool.worker;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.method.MethodFunction;
import dev.motorpool.function.method.MethodFunctions;
import dev.motorpool.function.method.UnfitValueException;
import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;

/** Executes calls and creates their reports: finds the function, runs it, and catches everything it throws. */
final class Calls {

    private final MethodFunctions functions;
    private final int valueLimit;

    Calls(MethodFunctions functions, int valueLimit) {
        this.functions = functions;
        this.valueLimit = valueLimit;
    }

    /** Runs a call that has begun, on the current thread. */
    Message.Report execute(Message.Call call, CallContext context) {
        long id = call.id();
        long begin = System.nanoTime();
        try {
            RawJson value = function(call.function()).invoke(call.args(), call.kwargs(), context, valueLimit);
            return new Message.Result(id, System.nanoTime() - begin, value);
        } catch (Throwable thrown) {
            return failed(id, 0, System.nanoTime() - begin, thrown);
        }
    }

    /** Runs one item of a chunk on the current thread. {@link #failed} makes a report of what it throws. */
    RawJson execute(Message.Chunk chunk, int index, CallContext context) throws Throwable {
        MethodFunction function = function(chunk.function());
        RawJson item = chunk.items().get(index);
        return chunk.star()
                ? function.invoke(item, RawJson.EMPTY_OBJECT, context, valueLimit)
                : function.invokeOne(item, context, valueLimit);
    }

    private MethodFunction function(String name) {
        MethodFunction function = functions.find(name).orElse(null);
        if (function == null) {
            throw new MissingFunctionException();
        }
        return function;
    }

    /** The report of a call, or an item of a chunk, that ended without a value. */
    static Message.Error failed(long id, int index, long nanos, Throwable thrown) {
        if (thrown instanceof UnfitValueException unfit) {
            return new Message.Error(id, index, nanos, unfit.problem().word(), null, unfit.getMessage(), null);
        }
        if (thrown instanceof MissingFunctionException) {
            return new Message.Error(id, index, nanos, "unknown-function", null, "", null);
        }
        return new Message.Error(
                id,
                index,
                nanos,
                "function-raised",
                thrown.getClass().getName(),
                Traceback.message(thrown),
                Traceback.of(thrown));
    }

    /** The worker does not have the function of a call. */
    private static final class MissingFunctionException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
