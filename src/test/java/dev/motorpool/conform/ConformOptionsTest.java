package dev.motorpool.conform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConformOptionsTest {

    @Test
    void allOptionsAreRead() {
        ConformOptions options = ConformOptions.of(List.of(
                "--calls=5000",
                "--patience=2.5",
                "--kinds=process,thread",
                "--only=P1,P38",
                "--functions=some",
                "--",
                "worker",
                "--calls=1"));

        assertThat(options)
                .isEqualTo(new ConformOptions(
                        5000,
                        2.5,
                        Set.of("process", "thread"),
                        Set.of("P1", "P38"),
                        Path.of("some"),
                        List.of("worker", "--calls=1")));
    }

    @Test
    void withoutOptionsAllIsTested() {
        ConformOptions options = ConformOptions.of(List.of("--", "worker"));

        assertThat(options.calls()).isEqualTo(1_000_000);
        assertThat(options.only()).isEmpty();
        assertThat(options.kinds()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "worker|The command of the worker is missing, after --.",
                "--|The command of the worker is missing, after --.",
                "--color -- x|There is no option --color.",
                "x -- x|There is no option x.",
                "--calls=some -- x|--calls must be a number from 1000, not some.",
                "--calls=999 -- x|--calls must be a number from 1000, not 999.",
                "--patience=0 -- x|--patience must be greater than 0 and at most 1000, not 0.",
                "--only=P0 -- x|P0 is not a test.",
                "--kinds=green -- x|green is not a kind of pool.",
            })
    void aWrongCommandLineIsToldAsSuch(String line, String message) {
        assertThatThrownBy(() -> ConformOptions.of(List.of(line.split(" ", -1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
