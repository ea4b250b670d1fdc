package dev.motorpool.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {

    private static final String IDS = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";

    @Test
    void readsWhatIsWellFormed() {
        TraceContext trace = of("00-" + IDS + "-01", " vendor=a,other=b ");

        assertThat(trace).isEqualTo(new TraceContext("00-" + IDS + "-01", "vendor=a,other=b"));
        assertThat(trace.sampled()).isTrue();
        assertThat(trace.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(trace.spanId()).isEqualTo("b7ad6b7169203331");
    }

    private static TraceContext of(String parent, @Nullable String state) {
        return Objects.requireNonNull(TraceContext.read(parent, state));
    }

    @Test
    void theLowestFlagSaysWhetherItIsSampled() {
        assertThat(of("00-" + IDS + "-00", null).sampled()).isFalse();
        assertThat(of("00-" + IDS + "-02", null).sampled()).isFalse();
        assertThat(of("00-" + IDS + "-ff", null).sampled()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cc-" + IDS + "-01", "01-" + IDS + "-03-what-the-future-brings"})
    void laterVersionsAreReadAsTheFirst(String parent) {
        assertThat(TraceContext.read(parent, null)).isEqualTo(new TraceContext("00-" + IDS + "-01", null));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "00",
                "ff-" + IDS + "-01",
                "0g-" + IDS + "-01",
                "00-" + IDS + "-01-more",
                "cc-" + IDS + "-01.more",
                "00-" + IDS + "-0",
                "00-" + IDS + "-0x",
                "00_" + IDS + "-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                " 00-" + IDS + "-01"
            })
    void whatIsMalformedIsNone(String parent) {
        assertThat(TraceContext.read(parent, "vendor=a")).isNull();
    }

    @Test
    void aParentIsBounded() {
        assertThat(TraceContext.read("cc-" + IDS + "-01-" + "x".repeat(1000), null))
                .isNull();
    }

    @Test
    void aStateThatCannotBeSentOnIsLeftOut() {
        String parent = "00-" + IDS + "-01";

        assertThat(of(parent, "a=" + "x".repeat(510)).tracestate()).hasSize(512);
        assertThat(of(parent, "a=" + "x".repeat(511)).tracestate()).isNull();
        assertThat(of(parent, "a=b\r\nInjected: yes").tracestate()).isNull();
        assertThat(of(parent, "a=\u00e9").tracestate()).isNull();
        assertThat(of(parent, " ").tracestate()).isNull();
    }
}
