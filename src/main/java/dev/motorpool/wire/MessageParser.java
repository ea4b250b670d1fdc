package dev.motorpool.wire;

import dev.motorpool.json.RawJson;
import dev.motorpool.wire.FrameCodec.BrokenProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Makes messages of frames. Strict in all that the other side could use to confuse the reader; members that it does not
 * know are skipped. Not thread-safe: the members of the frame in hand lie in its fields.
 */
final class MessageParser {

    /** Values may nest 200 deep, and stand inside the frame's object. */
    private static final int DEPTH_LIMIT = 201;

    private static final int LONGEST_NUMBER = 19;
    private static final int NAME_LIMIT = 1024;
    private static final int TEXT_LIMIT = 64 * 1024;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_LIMIT)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private int base;
    private @Nullable String type;
    private @Nullable Long id;
    private @Nullable List<Long> ids;
    private @Nullable Integer attempt;
    private @Nullable Integer version;
    private @Nullable Long nanos;
    private @Nullable Long done;
    private @Nullable Long total;
    private @Nullable String function;
    private @Nullable String error;
    private @Nullable String exception;
    private @Nullable String message;
    private @Nullable String traceback;
    private @Nullable RawJson args;
    private @Nullable RawJson kwargs;
    private @Nullable RawJson functions;
    private @Nullable RawJson value;

    /**
     * The message of a frame.
     *
     * @param keep whether slices may stay in {@code bytes} because nobody will write to it any more
     */
    Message parse(byte[] bytes, int offset, int length, boolean keep) throws BrokenProtocolException {
        if (bytes[offset] != '{' || bytes[offset + 1] == 0) {
            throw new BrokenProtocolException("not a JSON object in UTF-8: " + Excerpt.of(bytes, offset, length));
        }
        base = offset;
        forget();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
            parser.nextToken();
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                member(name, parser, bytes, keep);
            }
            if (parser.nextToken() != null) {
                throw new BrokenProtocolException("something follows the JSON object of a frame");
            }
            return message();
        } catch (JacksonException broken) {
            throw new BrokenProtocolException(
                    "not JSON: " + broken.getOriginalMessage() + " in " + Excerpt.of(bytes, offset, length));
        } catch (BrokenProtocolException broken) {
            throw new BrokenProtocolException(broken.getMessage() + " in " + Excerpt.of(bytes, offset, length));
        } finally {
            forget();
        }
    }

    private void member(String name, JsonParser parser, byte[] bytes, boolean keep) throws BrokenProtocolException {
        switch (name) {
            case "type" -> type = text(name, parser, NAME_LIMIT);
            case "id" -> id = number(name, parser);
            case "ids" -> ids = numbers(name, parser);
            case "attempt" -> attempt = smallNumber(name, parser);
            case "version" -> version = smallNumber(name, parser);
            case "nanos" -> nanos = number(name, parser);
            case "done" -> done = number(name, parser);
            case "total" -> total = number(name, parser);
            case "function" -> function = text(name, parser, NAME_LIMIT);
            case "error" -> error = text(name, parser, NAME_LIMIT);
            case "exception" -> exception = optionalText(name, parser, NAME_LIMIT);
            case "message" -> message = optionalText(name, parser, TEXT_LIMIT);
            case "traceback" -> traceback = optionalText(name, parser, TEXT_LIMIT);
            case "args" -> args = raw(name, JsonToken.START_ARRAY, parser, bytes, keep);
            case "kwargs" -> kwargs = raw(name, JsonToken.START_OBJECT, parser, bytes, keep);
            case "functions" -> functions = raw(name, JsonToken.START_ARRAY, parser, bytes, keep);
            case "value" -> value = raw(name, null, parser, bytes, keep);
            default -> parser.skipChildren();
        }
    }

    private Message message() throws BrokenProtocolException {
        return switch (present("type", type)) {
            case "call" ->
                new Message.Call(
                        present("id", id),
                        present("attempt", attempt),
                        present("function", function),
                        args == null ? RawJson.EMPTY_ARRAY : args,
                        kwargs == null ? RawJson.EMPTY_OBJECT : kwargs);
            case "result" -> new Message.Result(present("id", id), present("nanos", nanos), present("value", value));
            case "error" ->
                new Message.Error(
                        present("id", id),
                        present("nanos", nanos),
                        knownError(present("error", error)),
                        exception,
                        message == null ? "" : message,
                        traceback);
            case "progress" ->
                new Message.Progress(
                        present("id", id),
                        present("done", done),
                        present("total", total),
                        message == null ? "" : message);
            case "hello" -> new Message.Hello(present("version", version), present("functions", functions));
            case "cancel" -> new Message.Cancel(present("id", id));
            case "drop" -> new Message.Drop(present("ids", ids));
            case "dropped" -> new Message.Dropped(present("ids", ids));
            case "stop" -> new Message.Stop();
            case "leaving" -> new Message.Leaving();
            default -> throw new BrokenProtocolException("a message of an unknown type");
        };
    }

    private static String knownError(String word) throws BrokenProtocolException {
        return switch (word) {
            case "function-raised", "value-not-json", "value-too-large" -> word;
            default -> throw new BrokenProtocolException("an error of an unknown kind");
        };
    }

    private static <T> T present(String name, @Nullable T member) throws BrokenProtocolException {
        if (member == null) {
            throw new BrokenProtocolException("a message without its member '" + name + "'");
        }
        return member;
    }

    private static long number(String name, JsonParser parser) throws BrokenProtocolException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getStringLength() <= LONGEST_NUMBER) {
            long number = parser.getLongValue();
            if (number >= 0) {
                return number;
            }
        }
        throw wrong(name, "an integer of 0 to 2^63-1");
    }

    private static int smallNumber(String name, JsonParser parser) throws BrokenProtocolException {
        long number = number(name, parser);
        if (number > Integer.MAX_VALUE) {
            throw wrong(name, "an integer of 0 to 2^31-1");
        }
        return (int) number;
    }

    private static List<Long> numbers(String name, JsonParser parser) throws BrokenProtocolException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw wrong(name, "an array");
        }
        List<Long> numbers = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            numbers.add(number(name, parser));
        }
        return numbers;
    }

    private static String text(String name, JsonParser parser, int limit) throws BrokenProtocolException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw wrong(name, "a string");
        }
        String text = parser.getString();
        return text.length() <= limit ? text : text.substring(0, limit);
    }

    private static @Nullable String optionalText(String name, JsonParser parser, int limit)
            throws BrokenProtocolException {
        return parser.currentToken() == JsonToken.VALUE_NULL ? null : text(name, parser, limit);
    }

    /** The value that begins here, as its text: nothing is rebuilt. */
    private RawJson raw(String name, @Nullable JsonToken wanted, JsonParser parser, byte[] bytes, boolean keep)
            throws BrokenProtocolException {
        if (wanted != null && parser.currentToken() != wanted) {
            throw wrong(name, wanted == JsonToken.START_ARRAY ? "an array" : "an object");
        }
        int from = base + (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int to = base + (int) parser.currentLocation().getByteOffset();
        if (keep) {
            return new RawJson(bytes, from, to - from);
        }
        if (to - from == 2) {
            if (wanted == JsonToken.START_ARRAY) {
                return RawJson.EMPTY_ARRAY;
            }
            if (wanted == JsonToken.START_OBJECT) {
                return RawJson.EMPTY_OBJECT;
            }
        }
        return RawJson.of(Arrays.copyOfRange(bytes, from, to));
    }

    private static BrokenProtocolException wrong(String name, String wanted) {
        return new BrokenProtocolException("the member '" + name + "' is not " + wanted);
    }

    private void forget() {
        type = null;
        id = null;
        ids = null;
        attempt = null;
        version = null;
        nanos = null;
        done = null;
        total = null;
        function = null;
        error = null;
        exception = null;
        message = null;
        traceback = null;
        args = null;
        kwargs = null;
        functions = null;
        value = null;
    }
}
