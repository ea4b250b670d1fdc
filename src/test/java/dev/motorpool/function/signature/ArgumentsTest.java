package dev.motorpool.function.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.motorpool.function.FixedContext;
import dev.motorpool.function.Samples;
import dev.motorpool.function.method.MethodFunction;
import dev.motorpool.function.method.MethodFunctions;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ArgumentsTest {

    private static final MethodFunctions FUNCTIONS = MethodFunctions.of(List.of(Samples.class));
    private static final int LIMIT = 1 << 20;

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        many       | []               | {}                  | /args          | The argument first of many is missing.
        many       | []               | {"second":"x"}      | /kwargs        | The argument first of many is missing.
        many       | [1,"x",[],0,0]   | {}                  | /args/3        | many takes at most 3 arguments (first, second, third-one), but 5 were given.
        an_int     | [1, 2]           | {}                  | /args/1        | an_int takes 1 argument (p), but 2 were given.
        nothing    | [null]           | {}                  | /args/0        | nothing takes no arguments, but 1 was given.
        nothing    | []               | {"x":1}             | /kwargs/x      | nothing takes no arguments, but x was given.
        many       | [1]              | {"first":2}         | /kwargs/first  | The argument first is given twice: by its position and by its name.
        many       | [1]              | {"secnod":"x"}      | /kwargs/secnod | many has no parameter secnod; did you mean second?
        many       | [1]              | {"q/~":"x"}         | /kwargs/q~1~0  | many has no parameter q/~; it has first, second, third-one.
        many       | ["1"]            | {}                  | /args/0        | The argument first must be an integer, not a string.
        many       | [1.5]            | {}                  | /args/0        | The argument first must be an integer, not 1.5.
        many       | [null]           | {}                  | /args/0        | The argument first must be an integer, not null.
        many       | [2147483648]     | {}                  | /args/0        | The argument first must be between -2147483648 and 2147483647, not 2147483648.
        many       | [1, true]        | {}                  | /args/1        | The argument second must be a string, not a boolean.
        many       | [1]              | {"second":{}}       | /kwargs/second | The argument second must be a string, not an object.
        many       | [1]              | {"third-one":[1,[]]} | /kwargs/third-one/1 | In the argument third-one, the value at /1 must be an integer, not an array.
        a_small_int | [93]            | {}                  | /args/0        | The argument p must be between -3 and 92, not 93.
        a_small_int | [-1e999999999]  | {}                  | /args/0        | The argument p must be between -3 and 92, not -1e999999999.
        a_natural_long | [-1]         | {}                  | /args/0        | The argument p must be between 0 and 9223372036854775807, not -1.
        a_double   | [1e309]          | {}                  | /args/0        | The argument p must be between -1.7976931348623157E308 and 1.7976931348623157E308, not 1e309.
        a_double   | ["NaN"]          | {}                  | /args/0        | The argument p must be a number, not a string.
        a_boolean  | [0]              | {}                  | /args/0        | The argument p must be a boolean, not a number.
        a_short_string | ["a"]        | {}                  | /args/0        | The argument p must have at least 2 characters, not 1.
        a_short_string | ["\\ud83d\\ude00"] | {}            | /args/0        | The argument p must have at least 2 characters, not 1.
        a_short_string | ["123456"]   | {}                  | /args/0        | The argument p must have at most 5 characters, not 6.
        a_big_integer | [1e4096]      | {}                  | /args/0        | The argument p must have at most 4096 digits when written out.
        a_big_integer | [0.5]         | {}                  | /args/0        | The argument p must be an integer, not 0.5.
        a_big_decimal | [1e-4097]     | {}                  | /args/0        | The argument p must have at most 4096 digits before and after the point when written out.
        a_list_of_longs | [{}]        | {}                  | /args/0        | The argument p must be an array, not an object.
        a_nest     | [[{},{"a/b":true}]] | {}               | /args/0/1/a~1b | In the argument p, the value at /1/a~1b must be a number, not a boolean.
        a_map_of_booleans | [[]]      | {}                  | /args/0        | The argument p must be an object, not an array.
        a_nullable | ["12345"]        | {}                  | /args/0        | The argument p must have at most 4 characters, not 5.
        """)
    void whatDoesNotFitIsTold(String function, String args, String kwargs, String pointer, String sentence) {
        MethodFunction definition = FUNCTIONS.find(function).orElseThrow();

        assertThat(definition.definition().check(RawJson.of(args), RawJson.of(kwargs), url -> null))
                .isEqualTo(new ArgumentFault(pointer, sentence, false));
        assertThatThrownBy(
                        () -> definition.invoke(RawJson.of(args), RawJson.of(kwargs), new FixedContext(false), LIMIT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(pointer + ": " + sentence);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        many            | [1]                       | {}                            | "1two[1, 2]1"
        many            | [ 1 , "x" ]               | {"third-one":[]}              | "1x[]1"
        many            | []                        | {"third\\u002done":[3],"first":-0} | "0two[3]1"
        an_int          | [35.0]                    | {}                            | 35
        an_int          | [3.5e1]                   | {}                            | 35
        an_int          | [-2147483648]             | {}                            | -2147483648
        a_long          | [9223372036854775807]     | {}                            | 9223372036854775807
        a_long          | [-9223372036854775808.0]  | {}                            | -9223372036854775808
        a_long          | [922337203685477580.7e1]  | {}                            | 9223372036854775807
        a_double        | [-0]                      | {}                            | -0.0
        a_double        | [1e-999999999]            | {}                            | 0.0
        a_double        | [1.7976931348623157E308]  | {}                            | 1.7976931348623157E308
        a_boolean       | [true]                    | {}                            | true
        a_string        | ["\\ud83d\\ude00\\n"]     | {}                            | "\ud83d\ude00\\n"
        a_big_integer   | [123456789012345678901234567890e1] | {}                   | 1234567890123456789012345678900
        a_big_decimal   | [1.50]                    | {}                            | 1.50
        a_json_number   | [1E+2]                    | {}                            | 1E+2
        a_json_number   | [-0]                      | {}                            | -0
        a_json_number   | [1e999999999]             | {}                            | 1e999999999
        a_raw_json      | [ {"a": [1E+2, -0 ]} ]    | {}                            | {"a": [1E+2, -0 ]}
        a_raw_json      | [null]                    | {}                            | null
        an_object       | [{"a":[1.50,null,true,"x"]}] | {}                         | {"a":[1.50,null,true,"x"]}
        an_object       | []                        | {}                            | "none"
        an_object       | [null]                    | {}                            | "none"
        a_list_of_lists | [[["a"],[]]]              | {}                            | [["a"],[]]
        a_map_of_booleans | [{"y":true,"x":false}]  | {}                            | {"y":true,"x":false}
        a_nullable      | [null]                    | {}                            | "none"
        a_nullable      | []                        | {"p":"x"}                     | "x"
        a_nullable_list | [[1]]                     | {}                            | [1]
        nothing         | []                        | {}                            | null
        """)
    void whatFitsArrives(String function, String args, String kwargs, String value) throws Throwable {
        MethodFunction definition = FUNCTIONS.find(function).orElseThrow();
        MethodFunction fromIndex =
                MethodFunctions.ofIndex(FUNCTIONS.index()).find(function).orElseThrow();

        assertThat(definition.definition().check(RawJson.of(args), RawJson.of(kwargs), url -> null))
                .isNull();
        for (MethodFunction either : List.of(definition, fromIndex)) {
            assertThat(either.invoke(RawJson.of(args), RawJson.of(kwargs), new FixedContext(false), LIMIT))
                    .hasToString(value);
        }
    }

    @Test
    void numbersOf4096DigitsArriveWhole() throws Throwable {
        String digits = "7".repeat(4096);
        RawJson args = RawJson.of("[" + digits + "]");
        for (String function : List.of("a_big_integer", "a_big_decimal", "a_json_number", "a_raw_json", "an_object")) {
            assertThat(FUNCTIONS
                            .find(function)
                            .orElseThrow()
                            .invoke(args, RawJson.EMPTY_OBJECT, new FixedContext(false), LIMIT))
                    .hasToString(digits);
        }
        assertThat(JsonNumber.of(digits).toBigInteger()).hasToString(digits);
    }

    @Test
    void urlsAreJudgedWhereAParameterIsOne() {
        MethodFunction visit = FUNCTIONS.find("visit").orElseThrow();
        UrlRule rule = url ->
                url.equals("http://good/") ? null : new UrlRule.Objection("bad is refused.", url.equals("http://bad/"));

        assertThat(visit.definition().check(RawJson.of("[\"http://good/\"]"), RawJson.EMPTY_OBJECT, rule))
                .isNull();
        assertThat(visit.definition().check(RawJson.of("[\"http:\\/\\/bad/\"]"), RawJson.EMPTY_OBJECT, rule))
                .isEqualTo(new ArgumentFault(
                        "/args/0", "The argument url is not a URL that may be used: bad is refused.", true));
        assertThat(visit.definition().check(RawJson.of("[\"bad\"]"), RawJson.EMPTY_OBJECT, rule))
                .isEqualTo(new ArgumentFault(
                        "/args/0", "The argument url is not a URL that may be used: bad is refused.", false));
        assertThat(FUNCTIONS
                        .find("a_string")
                        .orElseThrow()
                        .definition()
                        .check(RawJson.of("[\"http://bad/\"]"), RawJson.EMPTY_OBJECT, rule))
                .isNull();
    }

    @Test
    void whatTheFunctionThrowsComesThrough() {
        MethodFunction throwing = FUNCTIONS.find("throwing").orElseThrow();

        assertThatThrownBy(() ->
                        throwing.invoke(RawJson.EMPTY_ARRAY, RawJson.EMPTY_OBJECT, new FixedContext(false), LIMIT))
                .isInstanceOf(java.io.IOException.class)
                .hasMessage("attempt 1");
    }

    @Test
    void aVirtualThreadGetsTheSame() throws Exception {
        Object[] seen = new Object[2];
        Thread thread = Thread.startVirtualThread(() -> {
            seen[0] = called("many", "[1]");
            seen[1] = called("throwing", "[]");
        });
        thread.join();

        assertThat(seen[0]).hasToString("\"1two[1, 2]1\"");
        assertThat(seen[1]).isInstanceOf(java.io.IOException.class);
    }

    private static Object called(String function, String args) {
        try {
            return FUNCTIONS
                    .find(function)
                    .orElseThrow()
                    .invoke(RawJson.of(args), RawJson.EMPTY_OBJECT, new FixedContext(false), LIMIT);
        } catch (Throwable e) {
            return e;
        }
    }

    @Test
    void hugeArgumentsAreRefusedInBoundedTime() {
        MethodFunction anInt = FUNCTIONS.find("an_int").orElseThrow();
        String many = "[" + "1,".repeat(5_000_000) + "1]";
        String name = "n".repeat(5_000_000);

        assertThat(anInt.definition().check(RawJson.of(many), RawJson.EMPTY_OBJECT, url -> null))
                .isEqualTo(new ArgumentFault("/args/1", "an_int takes 1 argument (p), but 5000001 were given.", false));
        assertThat(anInt.definition().check(RawJson.EMPTY_ARRAY, RawJson.of("{\"" + name + "\":1}"), url -> null))
                .isEqualTo(new ArgumentFault(
                        "/kwargs", "an_int has no parameter " + name.substring(0, 100) + "...; it has p.", false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        an_int      | 5       |
        an_int      | -0      |
        an_int      | 1e2     |
        an_int      | "5"     | ''
        an_int      | 1.5     | ''
        an_int      | 99999999999999999999 | ''
        a_small_int | 93      | ''
        a_small_int | -4      | ''
        a_small_int | -3      |
        a_boolean   | true    |
        a_boolean   | null    | ''
        a_nullable  | null    |
        a_short_string | "abc" |
        a_short_string | "a"  | ''
        a_list_of_longs | [1, "x"] | /1
        nothing     | 1       | ''
        many        | 1       |
        many        | "x"     | ''
        """)
    void anItemIsCheckedAsTheOneArgument(String function, String item, String pointer) {
        MethodFunction definition = FUNCTIONS.find(function).orElseThrow();
        JsonSlices items = JsonSlices.elements(RawJson.of("[ 0, " + item + " ]"));
        ArgumentFault expected =
                definition.definition().check(RawJson.of("[" + item + "]"), RawJson.EMPTY_OBJECT, url -> null);

        ArgumentFault fault = definition.definition().checkItem(items, 1, false, url -> null);

        assertThat(fault == null).isEqualTo(expected == null).isEqualTo(pointer == null);
        if (fault != null && expected != null) {
            assertThat(fault).isEqualTo(new ArgumentFault(String.valueOf(pointer), expected.detail(), false));
        }
    }

    @Test
    void anItemIsCheckedAsTheArrayOfArguments() {
        MethodFunction definition = FUNCTIONS.find("many").orElseThrow();
        JsonSlices items = JsonSlices.elements(RawJson.of("[[1],[1,\"x\"],[],[1,2],7]"));

        assertThat(definition.definition().checkItem(items, 0, true, url -> null))
                .isNull();
        assertThat(definition.definition().checkItem(items, 1, true, url -> null))
                .isNull();
        assertThat(definition.definition().checkItem(items, 2, true, url -> null))
                .isEqualTo(new ArgumentFault("", "The argument first of many is missing.", false));
        assertThat(definition.definition().checkItem(items, 3, true, url -> null))
                .isEqualTo(new ArgumentFault("/1", "The argument second must be a string, not a number.", false));
        assertThat(definition.definition().checkItem(items, 4, true, url -> null))
                .isEqualTo(new ArgumentFault(
                        "", "Each item must be the array of the arguments of one call, not a number.", false));
    }
}
