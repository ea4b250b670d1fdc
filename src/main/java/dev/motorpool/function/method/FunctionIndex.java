package dev.motorpool.function.method;

import dev.motorpool.function.Workload;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.function.signature.Origin;
import dev.motorpool.function.signature.Parameter;
import dev.motorpool.function.signature.Signature;
import dev.motorpool.function.signature.TypeIndex;
import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.ArrayList;
import java.util.List;

/**
 * A registry as text, for processes of the same version of the program. To read annotations costs a fresh worker tens
 * of milliseconds; to read this costs less than one, and the classes of the functions are loaded when they are called.
 */
final class FunctionIndex {

    static RawJson write(Iterable<MethodFunction> functions) {
        JsonWriter out = new JsonWriter();
        out.beginArray();
        for (MethodFunction method : functions) {
            FunctionDefinition function = method.definition();
            out.beginArray();
            out.value(function.name()).value(function.description());
            out.value(function.workload().name()).value(function.returns());
            method.method().writeIndex(out);
            out.beginArray();
            function.signature().parameters().forEach(parameter -> write(parameter, out));
            out.endArray().endArray();
        }
        return out.endArray().toRawJson();
    }

    private static void write(Parameter parameter, JsonWriter out) {
        out.beginArray();
        out.value(parameter.name()).value(parameter.description());
        parameter.type().writeIndex(out);
        if (parameter.defaultValue() != null) {
            out.value(parameter.defaultValue());
        }
        out.endArray();
    }

    static List<MethodFunction> read(RawJson index) {
        List<MethodFunction> functions = new ArrayList<>();
        for (JsonCursor entries = new JsonCursor(index); entries.next(); ) {
            JsonCursor entry = new JsonCursor(entries.value());
            String name = JsonStrings.decode(TypeIndex.next(entry));
            String description = JsonStrings.decode(TypeIndex.next(entry));
            Workload workload = TypeIndex.named(Workload.values(), TypeIndex.next(entry));
            RawJson returns = TypeIndex.next(entry);
            InvocableMethod method = InvocableMethod.read(TypeIndex.next(entry));
            Signature signature = Signature.of(parameters(TypeIndex.next(entry)));
            functions.add(new MethodFunction(
                    new FunctionDefinition(name, description, workload, signature, null, returns, Origin.BUILT_IN),
                    method));
        }
        return functions;
    }

    private static List<Parameter> parameters(RawJson list) {
        List<Parameter> parameters = new ArrayList<>();
        for (JsonCursor entries = new JsonCursor(list); entries.next(); ) {
            JsonCursor entry = new JsonCursor(entries.value());
            parameters.add(new Parameter(
                    JsonStrings.decode(TypeIndex.next(entry)),
                    JsonStrings.decode(TypeIndex.next(entry)),
                    TypeIndex.read(TypeIndex.next(entry)),
                    entry.next() ? entry.value() : null));
        }
        return parameters;
    }

    private FunctionIndex() {}
}
