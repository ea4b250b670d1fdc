package dev.motorpool.worker;

import dev.motorpool.function.FunctionDefinition;
import dev.motorpool.function.FunctionRegistry;
import dev.motorpool.function.UnfitValueException;
import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import java.util.Optional;

/** Turns a run into its report: finds the function, runs it, and survives whatever it throws. */
final class Calls {

    private final FunctionRegistry functions;
    private final int valueLimit;

    Calls(FunctionRegistry functions, int valueLimit) {
        this.functions = functions;
        this.valueLimit = valueLimit;
    }

    /** Runs a call that has begun, on the current thread. */
    Message.Report execute(Run run) {
        Message.Call call = run.call();
        long begin = System.nanoTime();
        try {
            Optional<FunctionDefinition> function = functions.find(call.function());
            if (function.isEmpty()) {
                throw new IllegalArgumentException("this worker has no such function");
            }
            RawJson value = function.get().invoke(call.args(), call.kwargs(), run, valueLimit);
            return new Message.Result(call.id(), System.nanoTime() - begin, value);
        } catch (UnfitValueException unfit) {
            return new Message.Error(
                    call.id(), System.nanoTime() - begin, unfit.problem().word(), null, unfit.getMessage(), null);
        } catch (Throwable thrown) {
            return raised(call.id(), System.nanoTime() - begin, thrown);
        }
    }

    private static Message.Error raised(long id, long nanos, Throwable thrown) {
        return new Message.Error(
                id,
                nanos,
                "function-raised",
                thrown.getClass().getName(),
                Traceback.message(thrown),
                Traceback.of(thrown));
    }
}
