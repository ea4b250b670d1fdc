package dev.motorpool.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.motorpool.function.signature.AnnouncedFunction;
import dev.motorpool.function.signature.ArgumentFault;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions of other languages: what their workers announce decides which arguments they take. */
class AnnouncedFunctionTest {

    private static final JsonSchemaLibrary LIBRARY = new JsonSchemaLibrary();

    private static FunctionDefinition function(String schema, String more) {
        String announced = "{\"name\":\"m.f\",\"workload\":\"cpu\",\"parameters\":" + schema + more + "}";
        return AnnouncedFunction.read(RawJson.of(announced), "python", LIBRARY);
    }

    private static @Nullable ArgumentFault fault(FunctionDefinition function, String args, String kwargs) {
        return function.check(RawJson.of(args), RawJson.of(kwargs), url -> null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                          | 1                 | ",
                "true                                        | [null]            | ",
                "{\"type\":\"integer\"}                      | 12345678901234567890123 | ",
                "{\"type\":\"integer\",\"minimum\":3}        | 2                 | ``",
                "{\"type\":\"integer\",\"exclusiveMinimum\":3} | 3               | ``",
                "{\"type\":\"integer\",\"exclusiveMinimum\":3} | 12345678901234567890123 | ",
                "{\"type\":\"number\"}                       | \"1\"             | ``",
                "{\"type\":[\"string\",\"null\"]}            | null              | ",
                "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]} | 1      | ``",
                "{\"enum\":[\"a\",\"b\"]}                    | \"a\"             | ",
                "{\"enum\":[\"a\",\"b\"]}                    | \"c\"             | ``",
                "{\"type\":\"string\",\"pattern\":\"^a+$\"}  | \"aaab\"          | ``",
                "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}} | [1,\"2\"] | /1",
                "{\"type\":\"array\",\"prefixItems\":[{\"type\":\"integer\"},{\"type\":\"string\"}],\"items\":false} |"
                        + " [1,2] | /1",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"],\"additionalProperties\":false}"
                    + " | {\"a\":\"\"} | /a",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"],\"additionalProperties\":false}"
                    + " | {\"a\":1} | ",
                "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}} | {\"x/y\":1} | /x~1y",
                "{\"$ref\":\"#/$defs/Point\"}                | {\"x\":1}         | ",
                "{\"$ref\":\"#/$defs/Point\"}                | {\"x\":\"1\"}     | /x"
            })
    void argumentsAreCheckedByTheirSchemas(String schema, String value, @Nullable String path) {
        FunctionDefinition function = function(
                "{\"type\":\"object\",\"properties\":{\"p\":" + schema + "},\"required\":[\"p\"],"
                        + "\"$defs\":{\"Point\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"integer\"}}}}}",
                "");

        ArgumentFault byPlace = fault(function, "[" + value + "]", "{}");
        ArgumentFault byName = fault(function, "[]", "{\"p\":" + value + "}");
        if (path == null) {
            assertThat(byPlace).isNull();
            assertThat(byName).isNull();
        } else {
            assertThat(Objects.requireNonNull(byPlace).pointer()).isEqualTo("/args/0" + path);
            assertThat(byPlace.detail()).contains("argument p").endsWith(".");
            assertThat(Objects.requireNonNull(byName).pointer()).isEqualTo("/kwargs/p" + path);
        }
    }

    @Test
    void furtherArgumentsAndThoseThatAreOnlyNamedOrOnlyPlaced() {
        FunctionDefinition function = function(
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{},\"c\":{}},"
                        + "\"required\":[\"a\",\"c\"],\"additionalProperties\":{\"type\":\"string\"}}",
                ",\"positional\":2,\"positional_only\":1,\"rest\":{\"type\":\"boolean\"}");

        assertThat(fault(function, "[1]", "{\"c\":2}")).isNull();
        assertThat(fault(function, "[1,2,true,false]", "{\"c\":2,\"more\":\"x\"}"))
                .isNull();
        assertThat(fault(function, "[1,2,true,5]", "{\"c\":2}"))
                .extracting("pointer")
                .isEqualTo("/args/3");
        assertThat(fault(function, "[1]", "{\"c\":2,\"more\":3}"))
                .extracting("pointer")
                .isEqualTo("/kwargs/more");
        assertThat(fault(function, "[1,2,true]", "{}"))
                .extracting("detail")
                .asString()
                .contains("c of m.f is missing");
        assertThat(fault(function, "[]", "{\"a\":1,\"c\":2}")).isNotNull();
        FunctionDefinition closed = function(
                "{\"type\":\"object\",\"properties\":{\"a\":{}},\"additionalProperties\":false}",
                ",\"positional_only\":1");
        assertThat(fault(closed, "[]", "{\"a\":1}"))
                .extracting("detail")
                .asString()
                .contains("by position only");
        assertThat(fault(closed, "[1,2]", "{}")).extracting("detail").asString().contains("takes 1 argument (a)");
    }

    @Test
    void whatItsAuthorSaysOfCallsIsKept() {
        FunctionDefinition function = function(
                "{\"type\":\"object\",\"properties\":{}}",
                ",\"source\":\"m\",\"asynchronous\":true,\"defaults\":{\"timeout\":1.5,\"retries\":2,\"retry_delay\":3,"
                        + "\"priority\":-1,\"pool\":\"python\"}");

        assertThat(function.origin().runtime()).isEqualTo("python");
        assertThat(function.origin().source()).isEqualTo("m");
        assertThat(function.origin().asynchronous()).isTrue();
        assertThat(function.origin().defaults().timeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(function.origin().defaults().retries()).isEqualTo(2);
        assertThat(function.origin().defaults().retryDelay()).isEqualTo(Duration.ofSeconds(3));
        assertThat(function.origin().defaults().priority()).isEqualTo(-1);
        assertThat(function.origin().defaults().pool()).isEqualTo("python");
        assertThat(function.parameters()).hasToString("{\"type\":\"object\",\"properties\":{}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"object\",\"properties\":{\"p\":{\"type\":\"integre\"}}}     | parameter p",
                "{\"type\":\"object\",\"properties\":{\"p\":{\"enum\":1}}}               | parameter p",
                "{\"type\":\"object\",\"properties\":{\"p\":{\"type\":\"integer\",\"minimum\":\"1\"}}} | the bound",
                "{\"type\":\"object\",\"properties\":{\"p\":{\"$ref\":\"http://example/x\"}}} | points out",
                "{\"type\":\"object\",\"properties\":{\"p\":17}}                          | a schema is an object",
                "[]                                                                      | is an object"
            })
    void aSchemaThatCannotBeUnderstoodIsRefusedWithItsPlace(String schema, String why) {
        assertThatThrownBy(() -> function(schema, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the function m.f cannot be used: ")
                .hasMessageContaining(why);
    }
}
