package dev.motorpool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChoiceTest {

    private static final List<Measurement> ALL =
            List.of(new ApplyMeasurement(), new KeysMeasurement(), new AsyncMeasurement());

    @Test
    void namesAreAListInAnyOrder() {
        assertThat(names("async,keys")).containsExactly("keys", "async");
        assertThat(names(" keys , async")).containsExactly("keys", "async");
        assertThat(names("keys")).containsExactly("keys");
    }

    @Test
    void noNameMeansAll() {
        assertThat(names("")).containsExactly("apply", "keys", "async");
    }

    @Test
    void anUnknownNameIsRefusedWithThoseThatAreKnown() {
        for (String wrong : List.of("key", "keys,", ",", "keys;async", "Keys")) {
            assertThatThrownBy(() -> names(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("apply, async, keys");
        }
        assertThatThrownBy(() -> names("keys,nothing")).hasMessageContaining("there is no \"nothing\"");
    }

    private static List<String> names(String only) {
        return Choice.of(only, ALL).stream().map(Measurement::name).toList();
    }
}
