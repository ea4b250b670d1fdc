package dev.motorpool.worker;

import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import java.util.List;

/**
 * What a worker offers.
 *
 * @param calls runs the functions
 * @param described the functions as {@code hello} lists them
 * @param sources the sources as {@code hello} lists them
 * @param features the features of {@code hello}
 */
record WorkerFunctions(Calls calls, RawJson described, RawJson sources, List<String> features) {

    /** The built-in functions alone. */
    static WorkerFunctions builtIn(WorkerOptions options) {
        KnownFunctions known = KnownFunctions.of(options.demoFunctions(), options.index());
        return new WorkerFunctions(
                new MethodCalls(known.registry(), options.valueLimit()),
                known.described(),
                RawJson.EMPTY_ARRAY,
                List.of(Message.Hello.ACCEPTED, Message.Hello.PING));
    }
}
