package dev.motorpool.conform;

import dev.motorpool.wire.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What was sent to a worker and received from it last. Owned by the thread that runs the check. */
final class Transcript {

    private static final int KEPT = 6;
    private static final int LONGEST = 240;

    private final Deque<String> sent = new ArrayDeque<>();
    private final Deque<Message> received = new ArrayDeque<>();

    void sent(byte[] bytes) {
        int length = Math.min(bytes.length, LONGEST);
        String text = new String(bytes, 0, length, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", ".");
        add(sent, bytes.length > length ? text + "... (" + bytes.length + " bytes)" : text);
    }

    void received(Message report) {
        add(received, report);
    }

    private static <T> void add(Deque<T> some, T one) {
        if (some.size() == KEPT) {
            some.removeFirst();
        }
        some.addLast(one);
    }

    List<String> sent() {
        return List.copyOf(sent);
    }

    List<String> received() {
        return received.stream().map(Transcript::excerpt).toList();
    }

    /** The JSON of a message, or its beginning. */
    static String excerpt(Message message) {
        String json = Frames.json(message);
        return json.length() <= LONGEST ? json : json.substring(0, LONGEST) + "... (" + json.length() + " characters)";
    }
}
