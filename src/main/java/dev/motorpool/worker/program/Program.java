package dev.motorpool.worker.program;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.method.UnfitValueException;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A function that is a program: it runs once for each call. Immutable. */
public final class Program {

    private static final String PREFIX = "MOTORPOOL_";

    /** By this variable processes are found that have left their parent and session. */
    private static final String WORKER = PREFIX + "WORKER";

    private final ProgramFile file;
    private final WorkingDirectories directories;
    private final int valueLimit;

    public Program(ProgramFile file, WorkingDirectories directories, int valueLimit) {
        this.file = file;
        this.directories = directories;
        this.valueLimit = valueLimit;
    }

    /**
     * Runs the program, and returns its output.
     *
     * @throws ProgramFailedException if it fails
     * @throws UnfitValueException if its output is larger than a value may be
     * @throws IOException if it cannot be started
     * @throws InterruptedException if the call is cancelled; the program has been killed
     */
    public RawJson run(RawJson args, RawJson kwargs, CallContext context)
            throws ProgramFailedException, UnfitValueException, IOException, InterruptedException {
        Path directory = directories.make();
        try {
            Path input = directory.resolve("input");
            try (JsonFile out = new JsonFile(input)) {
                out.write(args, kwargs);
            }
            ProcessBuilder builder = new ProcessBuilder(CommandLine.of(file.path(), args))
                    .directory(directory.resolve("work").toFile())
                    .redirectInput(input.toFile());
            setEnvironment(builder.environment(), context);
            RunningProgram running = RunningProgram.start(builder, valueLimit);
            Files.delete(input);
            return value(running.await());
        } finally {
            WorkingDirectories.remove(directory);
        }
    }

    private static void setEnvironment(Map<String, String> environment, CallContext context) {
        environment.keySet().removeIf(name -> name.startsWith(PREFIX) && !name.equals(WORKER));
        environment.put(PREFIX + "JOB", context.job());
        environment.put(PREFIX + "FUNCTION", context.function());
        environment.put(PREFIX + "POOL", context.pool());
        environment.put(PREFIX + "ATTEMPT", Integer.toString(context.attempt()));
        Instant deadline = context.deadline();
        put(environment, "DEADLINE", deadline == null ? null : deadline.toString());
        put(environment, "TRACEPARENT", context.traceparent());
        put(environment, "TRACESTATE", context.tracestate());
    }

    private static void put(Map<String, String> environment, String name, @Nullable String value) {
        if (value != null) {
            environment.put(PREFIX + name, value);
        }
    }

    /** JSON if it is JSON, else its text. */
    private RawJson value(byte[] output) throws UnfitValueException {
        int from = 0;
        int end = output.length;
        while (from < end && isSpace(output[from])) {
            from++;
        }
        while (end > from && isSpace(output[end - 1])) {
            end--;
        }
        if (from < end) {
            RawJson json = new RawJson(output, from, end - from);
            try {
                StrictJson.check(json);
                return json;
            } catch (MalformedJsonException text) {
                // Its text, then.
            }
        }
        try {
            JsonWriter out = new JsonWriter(valueLimit);
            out.value(new String(output, StandardCharsets.UTF_8));
            return out.toRawJson();
        } catch (JsonWriter.TooLongException tooLong) {
            throw RunningProgram.tooLarge(valueLimit);
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
}
