package dev.motorpool.http.route;

import dev.motorpool.json.RawJson;
import java.io.IOException;

/**
 * The destination of an answer that is written piece by piece. The caller may reuse a piece when the method returns.
 */
public interface ByteSink {

    void put(byte[] bytes, int from, int count) throws IOException;

    default void put(byte[] bytes) throws IOException {
        put(bytes, 0, bytes.length);
    }

    default void put(RawJson json) throws IOException {
        put(json.bytes(), json.offset(), json.length());
    }
}
