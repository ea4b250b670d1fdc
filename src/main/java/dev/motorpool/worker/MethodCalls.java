package dev.motorpool.worker;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.method.MethodFunction;
import dev.motorpool.function.method.MethodFunctions;
import dev.motorpool.json.RawJson;

/** Calls of functions that are Java methods. */
final class MethodCalls extends Calls {

    private final MethodFunctions functions;
    private final int valueLimit;

    MethodCalls(MethodFunctions functions, int valueLimit) {
        this.functions = functions;
        this.valueLimit = valueLimit;
    }

    @Override
    RawJson run(String function, RawJson args, RawJson kwargs, CallContext context) throws Throwable {
        return find(function).invoke(args, kwargs, context, valueLimit);
    }

    @Override
    RawJson runOne(String function, RawJson argument, CallContext context) throws Throwable {
        return find(function).invokeOne(argument, context, valueLimit);
    }

    private MethodFunction find(String name) {
        MethodFunction function = functions.find(name).orElse(null);
        if (function == null) {
            throw new MissingFunctionException();
        }
        return function;
    }
}
