package dev.motorpool.function.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.motorpool.function.FixedContext;
import dev.motorpool.function.Function;
import dev.motorpool.function.PluginSamples;
import dev.motorpool.json.RawJson;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Types that only functions of plug-ins have: arguments become them, and values of them become JSON. */
class PluginTypesTest {

    private static final MethodFunctions FUNCTIONS =
            MethodFunctions.of(List.of(PluginSamples.class, PluginSamples.Texts.class));

    private static String call(String function, String args) throws Throwable {
        return FUNCTIONS
                .find(function)
                .orElseThrow()
                .invoke(RawJson.of(args), RawJson.EMPTY_OBJECT, new FixedContext(false), 100_000)
                .toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        an_enum                 | "SMALL"
        an_optional             | 5
        an_optional             | null
        an_optional_int         | 7
        an_optional_int         | null
        a_set                   | ["LARGE","SMALL"]
        an_array                | [1.5,-2.0]
        a_map_of_enums          | {"MONDAY":-128}
        a_nullable_parameter    | null
        a_record                | {"name":"x","amount":3,"size":"LARGE","paid":true,"unit_price":null}
        tree                    | {"value":1,"branches":[{"value":2,"branches":[]}]}
        """)
    void aValueComesBackAsItCame(String function, String value) throws Throwable {
        assertThat(call(function, "[" + value + "]")).isEqualTo(value);
    }

    @Test
    void whatMayBeMissingIsLeftOut() throws Throwable {
        assertThat(call("an_optional", "[]")).isEqualTo("null");
        assertThat(call("a_nullable_parameter", "[]")).isEqualTo("null");
        assertThat(call("a_record", "[{\"name\":\"x\",\"amount\":3,\"size\":\"LARGE\"}]"))
                .isEqualTo("{\"name\":\"x\",\"amount\":3,\"size\":\"LARGE\",\"paid\":null,\"unit_price\":null}");
    }

    @Test
    void textsBecomeTimesIdsAndBytes() throws Throwable {
        String rest = ",\"2026-02-28\",\"PT1H30M\",\"00000000-0000-0000-0000-00000000000a\",\"AP8=\"]";
        assertThat(call("texts", "[\"2026-03-01T12:00:00+02:00\"" + rest))
                .isEqualTo("[\"2026-03-01T10:00:00Z\"" + rest);
        assertThat(call("texts", "[\"2026-03-01T12:00\"" + rest)).startsWith("[\"2026-03-01T12:00:00Z\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        an_enum        | ["TINY"]                          | /args/0: The argument p must be one of SMALL, LARGE.
        a_set          | [["SMALL","x"]]                   | the value at /1 must be one of SMALL, LARGE.
        a_map_of_enums | [{"Monday":1}]                    | has a member whose name must be one of MONDAY,
        a_record       | [{"name":"x","size":"SMALL"}]     | must have the member amount.
        a_record       | [{"name":"x","amounts":1}]        | must not have the member amounts; did you mean amount?
        a_record       | [{"name":"x","amount":32768}]     | the value at /amount must be between -32768 and 32767
        tree           | [{"value":1,"branches":[{}]}]     | the value at /branches/0 must have the member value.
        texts          | ["soon","x","x","x","x"]          | The argument time must be a date and time.
        texts          | ["2026-13-01T00:00Z","x",1,1,1]   | The argument time must be a date and time.
        """)
    void whatDoesNotFitIsRefusedWithItsPlace(String function, String args, String message) {
        assertThatThrownBy(() -> call(function, args))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void otherValuesHaveTheFormOfTheirType() throws Exception {
        ZonedDateTime time = ZonedDateTime.of(2026, 7, 1, 12, 0, 0, 0, ZoneId.of("Europe/Berlin"));
        assertThat(ValueWriter.write(time, 100)).hasToString("\"2026-07-01T12:00:00+02:00\"");
        assertThat(ValueWriter.write(new TreeSet<>(List.of(2, 1)), 100)).hasToString("[1,2]");
        assertThat(ValueWriter.write(Map.of(PluginSamples.Size.SMALL, 'c'), 100))
                .hasToString("{\"SMALL\":\"c\"}");
    }

    @Test
    void theSchemasSayIt() {
        assertThat(FUNCTIONS
                        .find("texts")
                        .orElseThrow()
                        .definition()
                        .parameters()
                        .toString())
                .contains("\"time\":{\"type\":\"string\",\"format\":\"date-time\",\"pattern\":")
                .contains("\"bytes\":{\"type\":\"string\",\"contentEncoding\":\"base64\"");
        assertThat(FUNCTIONS
                        .find("tree")
                        .orElseThrow()
                        .definition()
                        .parameters()
                        .toString())
                .contains("\"branches\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}");
        assertThat(FUNCTIONS.find("an_optional").orElseThrow().definition().returns())
                .hasToString("{\"type\":[\"integer\",\"null\"]}");
    }

    /** Functions that cannot work. */
    public static final class Unusable {
        @Function
        public static void takes(Thread thread) {}

        private Unusable() {}
    }

    @Test
    void atypeThatHasNoJsonIsRefusedWithWhatToDo() {
        assertThatThrownBy(() -> MethodFunctions.ofPlugin("p", Unusable.class, null))
                .hasMessageContaining(
                        "its parameter thread has the type java.lang.Thread, which is not supported: use");
    }
}
