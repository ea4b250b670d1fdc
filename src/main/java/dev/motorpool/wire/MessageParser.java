package dev.motorpool.wire;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.MemberNames;
import dev.motorpool.json.Members;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import dev.motorpool.wire.FrameCodec.BrokenProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a message of a frame: one strict pass finds the members, then each is read as what its message says it is.
 * Members that a message does not have are skipped.
 */
final class MessageParser {

    /** Values may nest as deep as anywhere, and stand inside the frame's object; arguments, and those of a chunk, in an array, too. */
    private static final int DEPTH_LIMIT = StrictJson.MAX_DEPTH + 1;

    private static final int WORD_LIMIT = 1024;
    private static final int TEXT_LIMIT = 64 * 1024;
    private static final int MESSAGE_LIMIT = 8 * 1024;
    private static final int TRACEBACK_LIMIT = 16 * 1024;
    private static final int PROGRESS_LIMIT = 1_000;

    // The order is the order of the constants below.
    private static final MemberNames NAMES = MemberNames.of(
            "type",
            "id",
            "nanos",
            "value",
            "attempt",
            "function",
            "args",
            "kwargs",
            "ids",
            "error",
            "exception",
            "message",
            "traceback",
            "done",
            "total",
            "version",
            "functions",
            "index",
            "items",
            "star",
            "values",
            "from",
            "output",
            "text",
            "traceparent",
            "tracestate",
            "features",
            "orders",
            "sources",
            "source",
            "job",
            "pool",
            "deadline",
            "exit_code",
            "signal",
            "pid",
            "descriptors",
            "environment");
    private static final int TYPE = 0;
    private static final int ID = 1;
    private static final int NANOS = 2;
    private static final int VALUE = 3;
    private static final int ATTEMPT = 4;
    private static final int FUNCTION = 5;
    private static final int ARGS = 6;
    private static final int KWARGS = 7;
    private static final int IDS = 8;
    private static final int ERROR = 9;
    private static final int EXCEPTION = 10;
    private static final int MESSAGE = 11;
    private static final int TRACEBACK = 12;
    private static final int DONE = 13;
    private static final int TOTAL = 14;
    private static final int VERSION = 15;
    private static final int FUNCTIONS = 16;
    private static final int INDEX = 17;
    private static final int ITEMS = 18;
    private static final int STAR = 19;
    private static final int VALUES = 20;
    private static final int FROM = 21;
    private static final int OUTPUT = 22;
    private static final int TEXT = 23;
    private static final int TRACEPARENT = 24;
    private static final int TRACESTATE = 25;
    private static final int FEATURES = 26;
    private static final int ORDERS = 27;
    private static final int SOURCES = 28;
    private static final int SOURCE = 29;
    private static final int JOB = 30;
    private static final int POOL = 31;
    private static final int DEADLINE = 32;
    private static final int EXIT_CODE = 33;
    private static final int SIGNAL = 34;
    private static final int PID = 35;
    private static final int DESCRIPTORS = 36;
    private static final int ENVIRONMENT = 37;

    private final Members members;
    private final boolean lasting;

    private MessageParser(Members members, boolean lasting) {
        this.members = members;
        this.lasting = lasting;
    }

    /**
     * The message of a frame.
     *
     * @param lasting whether slices may stay where they are, because nobody will write to the frame's array any more
     */
    static Message parse(RawJson frame, boolean lasting) throws BrokenProtocolException {
        try {
            return new MessageParser(members(frame), lasting).message();
        } catch (MalformedJsonException malformed) {
            throw new BrokenProtocolException("a frame that is not JSON: " + malformed.getMessage()
                    + "; it begins with " + Excerpt.of(frame.bytes(), frame.offset(), frame.length()));
        } catch (BrokenProtocolException broken) {
            throw new BrokenProtocolException(
                    broken.getMessage() + ": " + Excerpt.of(frame.bytes(), frame.offset(), frame.length()));
        }
    }

    private static Members members(RawJson frame) throws MalformedJsonException {
        try {
            return StrictJson.members(frame, NAMES, DEPTH_LIMIT);
        } catch (MalformedJsonException malformed) {
            // Hardly ever: which limit holds is known only when all has been read.
            Members deeper = StrictJson.members(frame, NAMES, DEPTH_LIMIT + 1);
            if (deeper.get(ARGS) != null || deeper.get(ITEMS) != null || deeper.get(VALUES) != null) {
                return deeper;
            }
            throw malformed;
        }
    }

    private Message message() throws BrokenProtocolException {
        String type = text(TYPE, WORD_LIMIT);
        return switch (type) {
            case "call" ->
                new Message.Call(
                        number(ID),
                        smallNumber(ATTEMPT),
                        text(FUNCTION, WORD_LIMIT),
                        container(ARGS, '[', RawJson.EMPTY_ARRAY),
                        container(KWARGS, '{', RawJson.EMPTY_OBJECT),
                        flag(OUTPUT),
                        optionalText(TRACEPARENT, WORD_LIMIT),
                        optionalText(TRACESTATE, WORD_LIMIT),
                        about());
            case "result" -> new Message.Result(number(ID), number(NANOS), kept(present(VALUE)));
            case "results" -> new Message.Results(number(ID), smallNumber(INDEX), number(NANOS), elements(VALUES));
            case "chunk" ->
                new Message.Chunk(
                        number(ID),
                        smallNumber(ATTEMPT),
                        text(FUNCTION, WORD_LIMIT),
                        flag(STAR),
                        elements(ITEMS),
                        flag(OUTPUT),
                        optionalText(TRACEPARENT, WORD_LIMIT),
                        optionalText(TRACESTATE, WORD_LIMIT),
                        about());
            case "running" -> new Message.Running(number(ID), smallNumber(INDEX));
            case "error" ->
                new Message.Error(
                        number(ID),
                        index(),
                        number(NANOS),
                        kindOfError(text(ERROR, WORD_LIMIT)),
                        optionalText(EXCEPTION, WORD_LIMIT),
                        textOrEmpty(MESSAGE, MESSAGE_LIMIT),
                        optionalText(TRACEBACK, TRACEBACK_LIMIT),
                        optionalNumber(EXIT_CODE),
                        optionalNumber(SIGNAL));
            case "progress" ->
                new Message.Progress(number(ID), number(DONE), number(TOTAL), textOrEmpty(MESSAGE, PROGRESS_LIMIT));
            case "output" -> new Message.Output(number(ID), text(TEXT, TEXT_LIMIT));
            case "hello" -> {
                present(FUNCTIONS);
                yield new Message.Hello(
                        smallNumber(VERSION),
                        container(FUNCTIONS, '[', RawJson.EMPTY_ARRAY),
                        container(SOURCES, '[', RawJson.EMPTY_ARRAY),
                        texts(FEATURES));
            }
            case "loading" -> new Message.Loading(text(SOURCE, WORD_LIMIT));
            case "cancel" -> new Message.Cancel(number(ID), index());
            case "drop" -> new Message.Drop(numbers(IDS));
            case "dropped" -> dropped(numbers(IDS));
            case "accepted" -> new Message.Accepted(number(ORDERS));
            case "ping" -> new Message.Ping();
            case "pong" -> new Message.Pong();
            case "stop" -> new Message.Stop();
            case "leaving" -> new Message.Leaving();
            case "fork" -> new Message.Fork(number(ID), environment());
            case "opened" -> new Message.Opened(number(ID));
            case "forked" -> new Message.Forked(number(ID), number(PID), numbers(DESCRIPTORS));
            case "failed" -> new Message.Failed(number(ID), textOrEmpty(MESSAGE, MESSAGE_LIMIT));
            case "exited" -> new Message.Exited(number(ID), optionalNumber(EXIT_CODE), optionalNumber(SIGNAL));
            default -> throw new BrokenProtocolException("a message of unknown type");
        };
    }

    private static String kindOfError(String word) throws BrokenProtocolException {
        return switch (word) {
            case "function-raised", "value-not-json", "value-too-large", "unknown-function" -> word;
            default -> throw new BrokenProtocolException("an error of unknown kind");
        };
    }

    /** Null if the message does not say. */
    private Message.@Nullable About about() throws BrokenProtocolException {
        if (members.get(JOB) == null) {
            return null;
        }
        RawJson deadline = members.get(DEADLINE);
        Duration left = null;
        if (deadline != null && first(deadline) != 'n') {
            if (deadline.kind() != JsonKind.NUMBER) {
                throw wrong(DEADLINE, "a number of seconds");
            }
            left = Duration.ofMillis(Math.round(JsonNumber.of(deadline).doubleValue() * 1e3));
        }
        return new Message.About(text(JOB, WORD_LIMIT), text(POOL, WORD_LIMIT), left);
    }

    private Map<String, String> environment() throws BrokenProtocolException {
        Map<String, String> variables = new HashMap<>();
        for (JsonCursor cursor = new JsonCursor(container(ENVIRONMENT, '{', RawJson.EMPTY_OBJECT)); cursor.next(); ) {
            variables.put(cursor.name(), text(ENVIRONMENT, cursor.value(), TEXT_LIMIT));
        }
        return variables;
    }

    private RawJson present(int member) throws BrokenProtocolException {
        RawJson value = members.get(member);
        if (value == null) {
            throw new BrokenProtocolException("a message without the member " + name(member));
        }
        return value;
    }

    private long number(int member) throws BrokenProtocolException {
        return number(member, present(member), Long.MAX_VALUE);
    }

    private int smallNumber(int member) throws BrokenProtocolException {
        return (int) number(member, present(member), Integer.MAX_VALUE);
    }

    private @Nullable Integer optionalNumber(int member) throws BrokenProtocolException {
        RawJson value = members.get(member);
        return value == null || first(value) == 'n' ? null : smallNumber(member);
    }

    /** The place in a chunk; 0 if it is missing. */
    private int index() throws BrokenProtocolException {
        return members.get(INDEX) == null ? 0 : smallNumber(INDEX);
    }

    private boolean flag(int member) throws BrokenProtocolException {
        RawJson value = members.get(member);
        if (value != null && first(value) != 't' && first(value) != 'f') {
            throw wrong(member, "true or false");
        }
        return value != null && first(value) == 't';
    }

    private JsonSlices elements(int member) throws BrokenProtocolException {
        RawJson array = present(member);
        if (first(array) != '[') {
            throw wrong(member, "an array");
        }
        return JsonSlices.elements(kept(array));
    }

    /** Calls that were given back, each from its start unless the message says more. */
    private Message.Dropped dropped(List<Long> ids) throws BrokenProtocolException {
        List<Integer> from = new ArrayList<>(ids.size());
        if (members.get(FROM) != null) {
            for (Long index : numbers(FROM)) {
                from.add((int) Math.min(index, Integer.MAX_VALUE));
            }
        } else {
            ids.forEach(id -> from.add(0));
        }
        if (from.size() != ids.size()) {
            throw wrong(FROM, "an array as long as 'ids'");
        }
        return new Message.Dropped(ids, from);
    }

    private List<Long> numbers(int member) throws BrokenProtocolException {
        RawJson array = present(member);
        if (first(array) != '[') {
            throw wrong(member, "an array");
        }
        List<Long> numbers = new ArrayList<>();
        for (JsonCursor cursor = new JsonCursor(array); cursor.next(); ) {
            numbers.add(number(member, cursor.value(), Long.MAX_VALUE));
        }
        return numbers;
    }

    private static long number(int member, RawJson value, long most) throws BrokenProtocolException {
        byte[] bytes = value.bytes();
        long number = 0;
        for (int i = value.offset(); i < value.offset() + value.length(); i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || number > (most - digit) / 10) {
                throw wrong(member, "an integer from 0 to " + most);
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private String text(int member, int limit) throws BrokenProtocolException {
        return text(member, present(member), limit);
    }

    private String textOrEmpty(int member, int limit) throws BrokenProtocolException {
        String text = optionalText(member, limit);
        return text == null ? "" : text;
    }

    private @Nullable String optionalText(int member, int limit) throws BrokenProtocolException {
        RawJson value = members.get(member);
        return value == null || first(value) == 'n' ? null : text(member, value, limit);
    }

    private static String text(int member, RawJson value, int limit) throws BrokenProtocolException {
        if (first(value) != '"') {
            throw wrong(member, "a string");
        }
        String text = JsonStrings.decode(value);
        return text.length() <= limit ? text : text.substring(0, limit);
    }

    /** An array of words; empty if it is missing. */
    private List<String> texts(int member) throws BrokenProtocolException {
        RawJson array = members.get(member);
        if (array == null) {
            return List.of();
        }
        if (first(array) != '[') {
            throw wrong(member, "an array");
        }
        List<String> texts = new ArrayList<>();
        for (JsonCursor cursor = new JsonCursor(array); cursor.next(); ) {
            texts.add(text(member, cursor.value(), WORD_LIMIT));
        }
        return List.copyOf(texts);
    }

    private RawJson container(int member, char bracket, RawJson empty) throws BrokenProtocolException {
        RawJson value = members.get(member);
        if (value == null) {
            return empty;
        }
        if (first(value) != bracket) {
            throw wrong(member, bracket == '[' ? "an array" : "an object");
        }
        return value.length() == 2 ? empty : kept(value);
    }

    private RawJson kept(RawJson value) {
        return lasting ? value : RawJson.of(value.toByteArray());
    }

    private static byte first(RawJson value) {
        return value.bytes()[value.offset()];
    }

    private static String name(int member) {
        return "'" + NAMES.names().get(member) + "'";
    }

    private static BrokenProtocolException wrong(int member, String wanted) {
        return new BrokenProtocolException("the member " + name(member) + " must be " + wanted);
    }
}
