package dev.motorpool.worker;

import dev.motorpool.function.CallContext;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import dev.motorpool.worker.program.Program;
import java.util.Map;

/** Calls of functions that are programs. */
final class ProgramCalls extends Calls {

    private final Map<String, Program> programs;

    ProgramCalls(Map<String, Program> programs) {
        this.programs = Map.copyOf(programs);
    }

    @Override
    RawJson run(String function, RawJson args, RawJson kwargs, CallContext context) throws Throwable {
        Program program = programs.get(function);
        if (program == null) {
            throw new MissingFunctionException();
        }
        return program.run(args, kwargs, context);
    }

    @Override
    RawJson runOne(String function, RawJson argument, CallContext context) throws Throwable {
        RawJson args = new JsonWriter().beginArray().value(argument).endArray().toRawJson();
        return run(function, args, RawJson.EMPTY_OBJECT, context);
    }
}
