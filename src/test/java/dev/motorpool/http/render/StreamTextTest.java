package dev.motorpool.http.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.route.ByteText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The heartbeats of a stream. */
class StreamTextTest {

    private static final byte[] ITEM = ByteText.ascii("item");

    private final AtomicLong now = new AtomicLong(-5);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private void passes(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private String written() {
        String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        return text;
    }

    private static String sign(boolean events) {
        return events ? ": ping\n\n" : "\n";
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterFifteenSecondsOfSilence(boolean events) throws IOException {
        StreamText text = new StreamText(out, events, now::get);
        passes(Duration.ofMillis(14_999));
        text.flush();
        assertThat(written()).isEmpty();
        assertThat(text.untilSignOfLife()).isEqualTo(Duration.ofMillis(1));
        passes(Duration.ofMillis(1));
        text.flush();
        text.flush();
        assertThat(written()).isEqualTo(sign(events));
        passes(Duration.ofSeconds(15));
        text.flush();
        assertThat(written()).isEqualTo(sign(events));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oncePerSecondWhileTheClientSendsNothingMore(boolean events) throws IOException {
        StreamText text = new StreamText(out, events, now::get);
        text.probe();
        text.probe();
        passes(Duration.ofMillis(999));
        text.probe();
        assertThat(written()).isEqualTo(sign(events));
        passes(Duration.ofMillis(1));
        text.probe();
        assertThat(written()).isEqualTo(sign(events));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neverWithinALine(boolean events) throws IOException {
        StreamText text = new StreamText(out, events, now::get);
        passes(Duration.ofMinutes(1));
        text.begin(ITEM, 7);
        text.part(ByteText.ascii("{}"));
        text.finish();
        text.flush();
        assertThat(written()).startsWith(events ? "event: item\nid: 7\ndata: {}\n\n" : "{}\n");
    }
}
