package dev.motorpool.function.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.Function;
import dev.motorpool.function.Param;
import dev.motorpool.function.Samples;
import dev.motorpool.function.Workload;
import dev.motorpool.function.builtin.Builtins;
import dev.motorpool.function.method.MethodFunctions;
import dev.motorpool.json.RawJson;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionRegistryTest {

    @Test
    void findsAnnotatedMethodsByName() {
        FunctionRegistry registry = MethodFunctions.of(List.of(Samples.class)).registry();

        assertThat(registry.find("many")).hasValueSatisfying(many -> {
            assertThat(many.description()).isEqualTo("Several.");
            assertThat(many.workload().word()).isEqualTo("io");
            assertThat(many.parameters())
                    .hasToString("{\"type\":\"object\",\"properties\":{"
                            + "\"first\":{\"type\":\"integer\",\"minimum\":-2147483648,\"maximum\":2147483647,"
                            + "\"description\":\"The first.\"},"
                            + "\"second\":{\"type\":\"string\",\"default\":\"two\"},"
                            + "\"third-one\":{\"type\":\"array\",\"items\":{\"type\":\"integer\","
                            + "\"minimum\":-2147483648,\"maximum\":2147483647},\"default\":[1, 2]}},"
                            + "\"required\":[\"first\"],\"additionalProperties\":false}");
            assertThat(many.returns()).hasToString("{\"type\":\"string\"}");
        });
        assertThat(registry.find("other")).isEmpty();
        assertThat(registry.all())
                .extracting(FunctionDefinition::name)
                .isSorted()
                .contains("an_int", "visit");
    }

    @Test
    void theBuiltInsAreThese() {
        assertThat(Builtins.functions(false).registry().all())
                .extracting(FunctionDefinition::name)
                .containsExactly("count", "echo", "fetch", "fib", "mine", "sleep");
        assertThat(Builtins.functions(true).registry().all())
                .extracting(FunctionDefinition::name)
                .contains("fib", "raise", "exit", "crash", "hang", "flood", "allocate", "not_json", "too_large");
        assertThat(Builtins.functions(false)
                        .registry()
                        .find("fetch")
                        .orElseThrow()
                        .returns())
                .hasToString("{\"type\":\"object\",\"properties\":{\"status\":{\"type\":\"integer\"},"
                        + "\"length\":{\"type\":\"integer\"},\"content_type\":{\"type\":[\"string\",\"null\"]},"
                        + "\"sha256\":{\"type\":\"string\"}},\"required\":[\"status\",\"length\",\"content_type\","
                        + "\"sha256\"],\"additionalProperties\":false}");
    }

    @ParameterizedTest
    @CsvSource({"fibb,fib", "FIB,fib", "ehco,echo", "slep,sleep", "sleeep,sleep", "misc,", "xyz,", "'',", "cuont,count"
    })
    void suggestsTheNearestName(String name, String nearest) {
        assertThat(suggestion(name)).isEqualTo(nearest);
    }

    private static @Nullable String suggestion(String name) {
        return NearestName.among(
                Builtins.functions(false).registry().all().stream()
                        .map(FunctionDefinition::name)
                        .toList(),
                name);
    }

    @Test
    void aVeryLongNameIsNotCompared() {
        assertThat(suggestion("fib".repeat(1_000_000))).isNull();
    }

    /** Each holds one mistake. */
    public static final class Mistakes {

        public static final class Unsupported {
            @Function(description = "", workload = Workload.CPU)
            public static void f(Date date) {}
        }

        public static final class UnsupportedDeep {
            @Function(description = "", workload = Workload.CPU)
            public static void f(List<Map<Integer, String>> nested) {}
        }

        public static final class BadDefault {
            @Function(description = "", workload = Workload.CPU)
            public static void f(@Param(defaultValue = "\"x\"") int n) {}
        }

        public static final class NullDefault {
            @Function(description = "", workload = Workload.CPU)
            public static void f(@Param(defaultValue = "null") int n) {}
        }

        public static final class NotJsonDefault {
            @Function(description = "", workload = Workload.CPU)
            public static void f(@Param(defaultValue = "x") String n) {}
        }

        public static final class DefaultOutOfRange {
            @Function(description = "", workload = Workload.CPU)
            public static void f(@Param(defaultValue = "5", maximum = "4") int n) {}
        }

        public static final class BadBound {
            @Function(description = "", workload = Workload.CPU)
            public static void f(@Param(minimum = "one") int n) {}
        }

        public static final class FineBound {
            @Function(description = "", workload = Workload.CPU)
            public static void f(@Param(minimum = "1e-5000") double n) {}
        }

        public static final class CrossedBounds {
            @Function(description = "", workload = Workload.CPU)
            public static void f(@Param(minimum = "2", maximum = "1") int n) {}
        }

        public static final class CrossedLengths {
            @Function(description = "", workload = Workload.CPU)
            public static void f(@Param(minLength = 2, maxLength = 1) String n) {}
        }

        public static final class BoundedString {
            @Function(description = "", workload = Workload.CPU)
            public static void f(@Param(minimum = "2") String n) {}
        }

        public static final class MeasuredNumber {
            @Function(description = "", workload = Workload.CPU)
            public static void f(@Param(url = true) int n) {}
        }

        public static final class TwoNames {
            @Function(description = "", workload = Workload.CPU)
            public static void f(@Param(name = "b") int a, int b) {}
        }

        public static final class TwoContexts {
            @Function(description = "", workload = Workload.CPU)
            public static void f(CallContext a, CallContext b) {}
        }

        public static final class BadName {
            @Function(name = "9 lives", description = "", workload = Workload.CPU)
            public static void f() {}
        }

        public static final class Instance {
            @Function(description = "", workload = Workload.CPU)
            public void f() {}
        }

        public static final class Hidden {
            @Function(description = "", workload = Workload.CPU)
            static void f() {}
        }

        private Mistakes() {}
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        Unsupported       | its parameter date has the type java.util.Date, which is not supported: use numbers, boolean, String, Object, records, enums, Optional, arrays, List, Set, Map with keys that are Strings or enums, types of java.time, UUID, URI, BigInteger, BigDecimal or byte[]
        UnsupportedDeep   | its parameter nested has the type java.util.Map<java.lang.Integer, java.lang.String>, which is not supported: use numbers, boolean, String, Object, records, enums, Optional, arrays, List, Set, Map with keys that are Strings or enums, types of java.time, UUID, URI, BigInteger, BigDecimal or byte[]
        BadDefault        | the default "x" of its parameter n must be an integer, not a string
        NullDefault       | the default null of its parameter n must be an integer, not null
        NotJsonDefault    | the default x of its parameter n is not JSON: A value must follow here, not 'x' (line 1, column 1).
        DefaultOutOfRange | the default 5 of its parameter n must be between -2147483648 and 4, not 5
        BadBound          | the bound one of its parameter n is not a JSON number
        FineBound         | the bound 1e-5000 of its parameter n is too large or too fine
        CrossedBounds     | the minimum of its parameter n is above the maximum
        CrossedLengths    | the lengths of its parameter n make no range
        BoundedString     | its parameter n has a minimum or maximum but is no number
        MeasuredNumber    | its parameter n has a length or is a URL but is no string
        TwoNames          | two of its parameters are named b
        TwoContexts       | it takes the call context twice
        BadName           | its name must be 1 to 100 letters, digits, underscores, dots and hyphens, and start with a letter
        Instance          | it must be public and static
        Hidden            | it must be public and static
        """)
    void mistakesAreToldAtTheStart(String mistake, String why) throws ClassNotFoundException {
        Class<?> holder = Class.forName(Mistakes.class.getName() + "$" + mistake);
        String name = mistake.equals("BadName") ? "9 lives" : "f";

        assertThatThrownBy(() -> MethodFunctions.of(List.of(holder)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The function " + name + " (" + holder.getName() + ".f) cannot be used: " + why
                        + (why.endsWith(".") ? "" : "."));
    }

    @Test
    void aNameIsUsedOnce() {
        assertThatThrownBy(() -> MethodFunctions.of(List.of(Samples.class, Samples.class)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Two functions are named ");
    }

    @Test
    void anIndexOfAnotherVersionIsRefused() {
        for (String index : new String[] {"[[\"a\"]]", "[[\"a\",\"\",\"GPU\",{},[\"x\",\"y\"],[]]]"}) {
            assertThatThrownBy(() -> MethodFunctions.ofIndex(RawJson.of(index)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("an index of functions ");
        }
    }
}
