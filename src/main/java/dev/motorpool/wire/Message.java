package dev.motorpool.wire;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What goes through a worker's pipes, one message a frame. docs/protocol.md gives the JSON of each. */
public sealed interface Message {

    /** To the worker. */
    sealed interface Order extends Message {}

    /** To the service. */
    sealed interface Report extends Message {}

    /**
     * What a function can ask about its call.
     *
     * @param job id of its job
     * @param pool name of the pool
     * @param deadline time from the start of the call, or of an item, to its time limit; null: none
     */
    record About(String job, String pool, @Nullable Duration deadline) {}

    /**
     * Run this. {@code id} is unique within the worker's life.
     *
     * @param output whether what the call prints is wanted as {@link Output}
     * @param traceparent the trace that it belongs to, as the header of this name; null if there is none
     * @param tracestate as the header of this name; null if there is none
     * @param about null for a worker that does not name {@link Hello#CONTEXT}
     */
    record Call(
            long id,
            int attempt,
            String function,
            RawJson args,
            RawJson kwargs,
            boolean output,
            @Nullable String traceparent,
            @Nullable String tracestate,
            @Nullable About about)
            implements Order {
        public Call(long id, int attempt, String function, RawJson args, RawJson kwargs, boolean output) {
            this(id, attempt, function, args, kwargs, output, null, null, null);
        }
    }

    /**
     * Run these calls of one function, one after another in one slot. They are identified by their place in the chunk.
     *
     * @param star whether an item is the array of the positional arguments; else it is the one argument
     * @param output whether what the items print is wanted as {@link Output}
     * @param traceparent as a {@link Call} has it
     * @param tracestate as a {@link Call} has it
     * @param about as a {@link Call} has it
     */
    record Chunk(
            long id,
            int attempt,
            String function,
            boolean star,
            JsonSlices items,
            boolean output,
            @Nullable String traceparent,
            @Nullable String tracestate,
            @Nullable About about)
            implements Order {
        public Chunk(long id, int attempt, String function, boolean star, JsonSlices items, boolean output) {
            this(id, attempt, function, star, items, output, null, null, null);
        }
    }

    /** Interrupt a call, or the item of this index of a chunk, if it runs; its report is still expected. */
    record Cancel(long id, int index) implements Order {
        public Cancel(long id) {
            this(id, 0);
        }
    }

    /** Give back those of these calls, and all items of these chunks, that have not started; answered by {@link Dropped}. */
    record Drop(List<Long> ids) implements Order {}

    /** Say {@link Pong}, also while functions run. */
    record Ping() implements Order {}

    /** Finish what runs, then exit 0. End of file means the same at once. */
    record Stop() implements Order {}

    /**
     * To a template: fork a worker; answered by {@link Forked} or {@link Failed}.
     *
     * @param environment variables of the worker that differ from the template's
     */
    record Fork(long id, Map<String, String> environment) implements Order {}

    /** To a template: the service has opened the descriptors of {@link Forked}, or does not want the worker any more. */
    record Opened(long id) implements Order {}

    /**
     * The first message of a worker.
     *
     * @param functions an array as GET /v1/functions lists them
     * @param sources an array of what it has loaded, or failed to load, from {@code MOTORPOOL_FUNCTIONS}
     * @param features what it does beside what every worker must: {@link #ACCEPTED}, {@link #PING}, ...
     */
    record Hello(int version, RawJson functions, RawJson sources, List<String> features) implements Report {
        /** It sends {@link Accepted}. */
        public static final String ACCEPTED = "accepted";

        /** It answers {@link Ping}. */
        public static final String PING = "ping";

        /** It wants to be told {@link About} with each call. */
        public static final String CONTEXT = "context";

        /** It is a template that can fork. */
        public static final String FORK = "fork";

        /** Why one of the sources could not be loaded; null if all could. */
        public @Nullable String fault() {
            for (JsonCursor each = new JsonCursor(sources); each.next(); ) {
                String fault = fault(each.value());
                if (fault != null) {
                    return fault;
                }
            }
            return null;
        }

        private static @Nullable String fault(RawJson source) {
            String name = "";
            String state = "";
            String reason = "";
            if (source.kind() == JsonKind.OBJECT) {
                for (JsonCursor member = new JsonCursor(source); member.next(); ) {
                    if (member.value().kind() == JsonKind.STRING) {
                        String text = JsonStrings.decode(member.value());
                        switch (member.name()) {
                            case "name" -> name = text;
                            case "state" -> state = text;
                            case "reason" -> reason = text;
                            default -> {}
                        }
                    }
                }
            }
            return state.equals("failed") ? "its source " + name + " cannot be loaded: " + reason : null;
        }

        public Hello(int version, RawJson functions, List<String> features) {
            this(version, functions, RawJson.EMPTY_ARRAY, features);
        }

        public Hello(int version, RawJson functions) {
            this(version, functions, List.of());
        }
    }

    /** A probe is about to load this source, which may end it. */
    record Loading(String source) implements Report {}

    /** The number of orders read in all. No call or item of a later order has started. */
    record Accepted(long orders) implements Report {}

    /** The answer to a {@link Ping}. */
    record Pong() implements Report {}

    /** The call ran {@code nanos} nanoseconds and returned. Written before the worker starts its next call. */
    record Result(long id, long nanos, RawJson value) implements Report {}

    /** Items of a chunk, that of {@code index} and those after it, returned these; they ran so long together. */
    record Results(long id, int index, long nanos, JsonSlices values) implements Report {}

    /**
     * All items of the chunk before this one have been reported, and it runs; its report will be written before the next
     * one starts.
     */
    record Running(long id, int index) implements Report {}

    /**
     * The call, or the item of this index of a chunk, ended without a value.
     *
     * @param type {@code function-raised}, {@code value-not-json}, {@code value-too-large} or, if the worker does not
     *     have the function, {@code unknown-function}
     * @param exitCode what the function's own program exited with; null: there is none, or a signal ended it
     * @param signal what ended the function's own program; null: nothing of the kind
     */
    record Error(
            long id,
            int index,
            long nanos,
            String type,
            @Nullable String exception,
            String message,
            @Nullable String traceback,
            @Nullable Integer exitCode,
            @Nullable Integer signal)
            implements Report {
        public Error(
                long id,
                int index,
                long nanos,
                String type,
                @Nullable String exception,
                String message,
                @Nullable String traceback) {
            this(id, index, nanos, type, exception, message, traceback, null, null);
        }
    }

    /**
     * These calls will not run, nor the items of these chunks from an index on; what was asked for but is missing here has
     * started or ended.
     *
     * @param from for each id the index of the first item that will not run; 0 for a call
     */
    record Dropped(List<Long> ids, List<Integer> from) implements Report {}

    /** How far a call is. */
    record Progress(long id, long done, long total, String message) implements Report {}

    /** The call, or an item of the chunk, has printed this since the last such report. */
    record Output(long id, String text) implements Report {}

    /**
     * A template has forked a worker.
     *
     * @param descriptors the template's own descriptors of the service's ends of the worker's pipes: where orders are
     *     written, and where reports and output are read
     */
    record Forked(long id, long pid, List<Long> descriptors) implements Report {}

    /** A template could not fork a worker. */
    record Failed(long id, String message) implements Report {}

    /**
     * A worker that a template has forked has ended.
     *
     * @param exitCode null: a signal ended it
     * @param signal null: it has exited
     */
    record Exited(
            long id, @Nullable Integer exitCode, @Nullable Integer signal) implements Report {}

    /** The process is about to exit on its own account (so a code above 128 is a code, not a signal). */
    record Leaving() implements Report {}
}
