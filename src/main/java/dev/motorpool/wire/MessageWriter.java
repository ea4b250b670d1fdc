package dev.motorpool.wire;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.wire.FrameCodec.GrowingBuffer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes messages as the JSON that docs/protocol.md describes. */
final class MessageWriter {

    private static final byte[] CALL = ascii("{\"type\":\"call\",\"id\":");
    private static final byte[] CHUNK = ascii("{\"type\":\"chunk\",\"id\":");
    private static final byte[] CANCEL = ascii("{\"type\":\"cancel\",\"id\":");
    private static final byte[] DROP = ascii("{\"type\":\"drop\",\"ids\":");
    private static final byte[] STOP = ascii("{\"type\":\"stop\"");
    private static final byte[] HELLO = ascii("{\"type\":\"hello\",\"version\":");
    private static final byte[] RESULT = ascii("{\"type\":\"result\",\"id\":");
    private static final byte[] RESULTS = ascii("{\"type\":\"results\",\"id\":");
    private static final byte[] RUNNING = ascii("{\"type\":\"running\",\"id\":");
    private static final byte[] ERROR = ascii("{\"type\":\"error\",\"id\":");
    private static final byte[] DROPPED = ascii("{\"type\":\"dropped\",\"ids\":");
    private static final byte[] PROGRESS = ascii("{\"type\":\"progress\",\"id\":");
    private static final byte[] OUTPUT = ascii("{\"type\":\"output\",\"id\":");
    private static final byte[] ACCEPTED = ascii("{\"type\":\"accepted\",\"orders\":");
    private static final byte[] LOADING = ascii("{\"type\":\"loading\",\"source\":");
    private static final byte[] PING = ascii("{\"type\":\"ping\"");
    private static final byte[] PONG = ascii("{\"type\":\"pong\"");
    private static final byte[] LEAVING = ascii("{\"type\":\"leaving\"");
    private static final byte[] FORK = ascii("{\"type\":\"fork\",\"id\":");
    private static final byte[] OPENED = ascii("{\"type\":\"opened\",\"id\":");
    private static final byte[] FORKED = ascii("{\"type\":\"forked\",\"id\":");
    private static final byte[] FAILED = ascii("{\"type\":\"failed\",\"id\":");
    private static final byte[] EXITED = ascii("{\"type\":\"exited\",\"id\":");

    private static final byte[] ATTEMPT_MEMBER = ascii(",\"attempt\":");
    private static final byte[] FUNCTION_MEMBER = ascii(",\"function\":");
    private static final byte[] ARGS_MEMBER = ascii(",\"args\":");
    private static final byte[] KWARGS_MEMBER = ascii(",\"kwargs\":");
    private static final byte[] FUNCTIONS_MEMBER = ascii(",\"functions\":");
    private static final byte[] SOURCES_MEMBER = ascii(",\"sources\":");
    private static final byte[] FEATURES_MEMBER = ascii(",\"features\":");
    private static final byte[] NANOS_MEMBER = ascii(",\"nanos\":");
    private static final byte[] VALUE_MEMBER = ascii(",\"value\":");
    private static final byte[] ERROR_MEMBER = ascii(",\"error\":");
    private static final byte[] EXCEPTION_MEMBER = ascii(",\"exception\":");
    private static final byte[] MESSAGE_MEMBER = ascii(",\"message\":");
    private static final byte[] TRACEBACK_MEMBER = ascii(",\"traceback\":");
    private static final byte[] EXIT_CODE_MEMBER = ascii(",\"exit_code\":");
    private static final byte[] SIGNAL_MEMBER = ascii(",\"signal\":");
    private static final byte[] DONE_MEMBER = ascii(",\"done\":");
    private static final byte[] TOTAL_MEMBER = ascii(",\"total\":");

    private static final byte[] INDEX_MEMBER = ascii(",\"index\":");
    private static final byte[] FROM_MEMBER = ascii(",\"from\":");
    private static final byte[] STAR_MEMBER = ascii(",\"star\":true");
    private static final byte[] OUTPUT_MEMBER = ascii(",\"output\":true");
    private static final byte[] TRACEPARENT_MEMBER = ascii(",\"traceparent\":");
    private static final byte[] TRACESTATE_MEMBER = ascii(",\"tracestate\":");
    private static final byte[] JOB_MEMBER = ascii(",\"job\":");
    private static final byte[] POOL_MEMBER = ascii(",\"pool\":");
    private static final byte[] DEADLINE_MEMBER = ascii(",\"deadline\":");
    private static final byte[] TEXT_MEMBER = ascii(",\"text\":");
    private static final byte[] ITEMS_MEMBER = ascii(",\"items\":");
    private static final byte[] VALUES_MEMBER = ascii(",\"values\":");

    private static final byte[] PID_MEMBER = ascii(",\"pid\":");
    private static final byte[] DESCRIPTORS_MEMBER = ascii(",\"descriptors\":");
    private static final byte[] ENVIRONMENT_MEMBER = ascii(",\"environment\":");

    private static final byte[] HEX = ascii("0123456789abcdef");

    /** No pattern switch: to link one costs a fresh worker as much time as all else that it does here. */
    static void write(Message message, GrowingBuffer out) {
        if (message instanceof Message.Call call) {
            number(CALL, call.id(), out);
            number(ATTEMPT_MEMBER, call.attempt(), out);
            text(FUNCTION_MEMBER, call.function(), out);
            raw(ARGS_MEMBER, call.args(), out);
            raw(KWARGS_MEMBER, call.kwargs(), out);
            flag(OUTPUT_MEMBER, call.output(), out);
            text(TRACEPARENT_MEMBER, call.traceparent(), out);
            text(TRACESTATE_MEMBER, call.tracestate(), out);
            about(call.about(), out);
        } else if (message instanceof Message.Result result) {
            number(RESULT, result.id(), out);
            number(NANOS_MEMBER, result.nanos(), out);
            raw(VALUE_MEMBER, result.value(), out);
        } else if (message instanceof Message.Accepted accepted) {
            number(ACCEPTED, accepted.orders(), out);
        } else if (message instanceof Message.Chunk chunk) {
            number(CHUNK, chunk.id(), out);
            number(ATTEMPT_MEMBER, chunk.attempt(), out);
            text(FUNCTION_MEMBER, chunk.function(), out);
            flag(STAR_MEMBER, chunk.star(), out);
            flag(OUTPUT_MEMBER, chunk.output(), out);
            text(TRACEPARENT_MEMBER, chunk.traceparent(), out);
            text(TRACESTATE_MEMBER, chunk.tracestate(), out);
            about(chunk.about(), out);
            slices(ITEMS_MEMBER, chunk.items(), out);
        } else if (message instanceof Message.Results results) {
            number(RESULTS, results.id(), out);
            number(INDEX_MEMBER, results.index(), out);
            number(NANOS_MEMBER, results.nanos(), out);
            slices(VALUES_MEMBER, results.values(), out);
        } else if (message instanceof Message.Running running) {
            number(RUNNING, running.id(), out);
            number(INDEX_MEMBER, running.index(), out);
        } else if (message instanceof Message.Error error) {
            number(ERROR, error.id(), out);
            index(error.index(), out);
            number(NANOS_MEMBER, error.nanos(), out);
            text(ERROR_MEMBER, error.type(), out);
            text(EXCEPTION_MEMBER, error.exception(), out);
            text(MESSAGE_MEMBER, error.message(), out);
            text(TRACEBACK_MEMBER, error.traceback(), out);
            optional(EXIT_CODE_MEMBER, error.exitCode(), out);
            optional(SIGNAL_MEMBER, error.signal(), out);
        } else if (message instanceof Message.Progress progress) {
            number(PROGRESS, progress.id(), out);
            number(DONE_MEMBER, progress.done(), out);
            number(TOTAL_MEMBER, progress.total(), out);
            text(MESSAGE_MEMBER, progress.message(), out);
        } else if (message instanceof Message.Output output) {
            number(OUTPUT, output.id(), out);
            text(TEXT_MEMBER, output.text(), out);
        } else if (message instanceof Message.Hello hello) {
            number(HELLO, hello.version(), out);
            raw(FUNCTIONS_MEMBER, hello.functions(), out);
            raw(SOURCES_MEMBER, hello.sources(), out);
            texts(FEATURES_MEMBER, hello.features(), out);
        } else if (message instanceof Message.Loading loading) {
            out.write(LOADING);
            string(loading.source(), out);
        } else if (message instanceof Message.Cancel cancel) {
            number(CANCEL, cancel.id(), out);
            index(cancel.index(), out);
        } else if (message instanceof Message.Drop drop) {
            numbers(DROP, drop.ids(), out);
        } else if (message instanceof Message.Dropped dropped) {
            numbers(DROPPED, dropped.ids(), out);
            numbers(FROM_MEMBER, dropped.from(), out);
        } else if (!template(message, out)) {
            out.write(word(message));
        }
        out.write('}');
    }

    /** Writes what goes to a template or comes from one; false if this is nothing of the kind. */
    private static boolean template(Message message, GrowingBuffer out) {
        if (message instanceof Message.Fork fork) {
            number(FORK, fork.id(), out);
            variables(fork.environment(), out);
        } else if (message instanceof Message.Opened opened) {
            number(OPENED, opened.id(), out);
        } else if (message instanceof Message.Forked forked) {
            number(FORKED, forked.id(), out);
            number(PID_MEMBER, forked.pid(), out);
            numbers(DESCRIPTORS_MEMBER, forked.descriptors(), out);
        } else if (message instanceof Message.Failed failed) {
            number(FAILED, failed.id(), out);
            text(MESSAGE_MEMBER, failed.message(), out);
        } else if (message instanceof Message.Exited exited) {
            number(EXITED, exited.id(), out);
            optional(EXIT_CODE_MEMBER, exited.exitCode(), out);
            optional(SIGNAL_MEMBER, exited.signal(), out);
        } else {
            return false;
        }
        return true;
    }

    /** A message without members. */
    private static byte[] word(Message message) {
        if (message instanceof Message.Ping) {
            return PING;
        }
        if (message instanceof Message.Pong) {
            return PONG;
        }
        return message instanceof Message.Stop ? STOP : LEAVING;
    }

    private static void variables(Map<String, String> environment, GrowingBuffer out) {
        out.write(ENVIRONMENT_MEMBER);
        char before = '{';
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            out.write(before);
            string(variable.getKey(), out);
            out.write(':');
            string(variable.getValue(), out);
            before = ',';
        }
        if (environment.isEmpty()) {
            out.write('{');
        }
        out.write('}');
    }

    private static void number(byte[] member, long value, GrowingBuffer out) {
        out.write(member);
        digits(value, out);
    }

    /** Writes a member, omitted if it is null. */
    private static void optional(byte[] member, @Nullable Integer value, GrowingBuffer out) {
        if (value != null) {
            number(member, value, out);
        }
    }

    /** Writes the place in a chunk, omitted if there is only the first. */
    private static void index(int index, GrowingBuffer out) {
        if (index > 0) {
            number(INDEX_MEMBER, index, out);
        }
    }

    /** Writes a flag, omitted if it is not set. */
    private static void flag(byte[] member, boolean set, GrowingBuffer out) {
        if (set) {
            out.write(member);
        }
    }

    private static void slices(byte[] member, JsonSlices values, GrowingBuffer out) {
        out.write(member);
        out.write('[');
        byte[] bytes = values.bytes();
        for (int i = 0; i < values.count(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.write(bytes, values.start(i), values.length(i));
        }
        out.write(']');
    }

    private static void raw(byte[] member, RawJson value, GrowingBuffer out) {
        out.write(member);
        out.write(value.bytes(), value.offset(), value.length());
    }

    /** Writes a member, omitted if it is null. */
    private static void text(byte[] member, @Nullable String value, GrowingBuffer out) {
        if (value != null) {
            out.write(member);
            string(value, out);
        }
    }

    /** Writes what a function can ask, omitted if the worker does not want it. */
    private static void about(Message.@Nullable About about, GrowingBuffer out) {
        if (about == null) {
            return;
        }
        text(JOB_MEMBER, about.job(), out);
        text(POOL_MEMBER, about.pool(), out);
        Duration deadline = about.deadline();
        if (deadline != null) {
            out.write(DEADLINE_MEMBER);
            out.write(ascii(BigDecimal.valueOf(deadline.toMillis(), 3).toString()));
        }
    }

    /** Writes words, omitted if there are none. */
    private static void texts(byte[] member, List<String> values, GrowingBuffer out) {
        if (values.isEmpty()) {
            return;
        }
        out.write(member);
        for (int i = 0; i < values.size(); i++) {
            out.write(i == 0 ? '[' : ',');
            string(values.get(i), out);
        }
        out.write(']');
    }

    private static void numbers(byte[] member, List<? extends Number> values, GrowingBuffer out) {
        out.write(member);
        out.write('[');
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            digits(values.get(i).longValue(), out);
        }
        out.write(']');
    }

    private static void digits(long value, GrowingBuffer out) {
        if (value < 0) {
            out.write(ascii(Long.toString(value)));
            return;
        }
        long power = 1;
        while (value / power >= 10) {
            power *= 10;
        }
        for (; power > 0; power /= 10) {
            out.write('0' + (int) (value / power % 10));
        }
    }

    private static void string(String value, GrowingBuffer out) {
        out.write('"');
        int length = value.length();
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                rest(value.substring(i), out);
                break;
            }
            character(c, out);
        }
        out.write('"');
    }

    /** Text that is not all ASCII: lone surrogates have no UTF-8 form and become question marks. */
    private static void rest(String value, GrowingBuffer out) {
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            character(b & 0xff, out);
        }
    }

    private static void character(int c, GrowingBuffer out) {
        if (c == '"' || c == '\\') {
            out.write('\\');
            out.write(c);
        } else if (c >= ' ') {
            out.write(c);
        } else {
            out.write('\\');
            out.write('u');
            out.write('0');
            out.write('0');
            out.write(HEX[c >> 4]);
            out.write(HEX[c & 0xf]);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private MessageWriter() {}
}
