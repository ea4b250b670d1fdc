package dev.motorpool.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                " false ",
                "0",
                "-0",
                "-0.0e-0",
                "1E+2",
                "1e0000000001",
                "123.456e789",
                "\"\"",
                "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\uD83D\\uDE00\"",
                "\"\\ud800\"",
                "\"\u007f\u0080\u07ff\u0800\uffff\ud83d\ude00\"",
                "[]",
                "{}",
                "[ [ ] , { } ]",
                "\t\r\n {\"a\" : [1, {\"a\": {\"a\": 2}}], \"\": 3, \"A\": 4}\n"
            })
    void isTaken(String text) {
        assertThatCode(() -> StrictJson.check(RawJson.of(text))).doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        ``              | ``       | The document is empty (line 1, column 1).
        `  `            | ``       | The document is empty (line 1, column 3).
        [1] x           | ``       | The document must end after its value, but goes on with 'x' (line 1, column 5).
        1 2             | ``       | The document must end after its value, but goes on with '2' (line 1, column 3).
        {}]             | ``       | The document must end after its value, but goes on with ']' (line 1, column 3).
        [1,2            | /1       | The text ends where a comma or ] after the element must follow (line 1, column 5).
        [1,]            | /1       | A value must follow here, not ']' (line 1, column 4).
        [,1]            | /0       | A value must follow here, not ',' (line 1, column 2).
        [1 2]           | /0       | A comma or ] after the element must follow here, not '2' (line 1, column 4).
        [1}             | /0       | A comma or ] after the element must follow here, not '}' (line 1, column 3).
        {"a":1,}        | /a       | A member's name in double quotes must follow here, not '}' (line 1, column 8).
        {"a" 1}         | /a       | A colon after the member's name must follow here, not '1' (line 1, column 6).
        {"a":}          | /a       | A value must follow here, not '}' (line 1, column 6).
        {a:1}           | ``       | A member's name in double quotes must follow here, not 'a' (line 1, column 2).
        {1:1}           | ``       | A member's name in double quotes must follow here, not '1' (line 1, column 2).
        {"a":1 "b":2}   | /a       | A comma or } after the member must follow here, not '"' (line 1, column 8).
        {"a":1]         | /a       | A comma or } after the member must follow here, not ']' (line 1, column 7).
        NaN             | ``       | NaN and Infinity are not JSON (line 1, column 1).
        [Infinity]      | /0       | NaN and Infinity are not JSON (line 1, column 2).
        {"x":-Infinity} | /x       | NaN and Infinity are not JSON (line 1, column 6).
        nan             | ``       | A value must follow here, not 'n' (line 1, column 1).
        [01]            | /0       | A number must not start with a zero that means nothing (line 1, column 2).
        -01             | ``       | A number must not start with a zero that means nothing (line 1, column 2).
        1.              | ``       | A digit must follow the decimal point (line 1, column 3).
        1.e5            | ``       | A digit must follow the decimal point (line 1, column 3).
        .5              | ``       | A value must follow here, not '.' (line 1, column 1).
        +1              | ``       | A value must follow here, not '+' (line 1, column 1).
        1e              | ``       | A digit must follow in the exponent (line 1, column 3).
        1e+             | ``       | A digit must follow in the exponent (line 1, column 4).
        -               | ``       | A digit must follow the minus sign (line 1, column 2).
        0x10            | ``       | The document must end after its value, but goes on with 'x' (line 1, column 2).
        "abc            | ``       | The text ends within a string (line 1, column 5).
        "abc\\          | ``       | A backslash in a string must start one of the escapes of JSON (line 1, column 5).
        "\\x"           | ``       | A backslash in a string must start one of the escapes of JSON (line 1, column 2).
        "\\u12g4"       | ``       | \\u must be followed by four hexadecimal digits (line 1, column 2).
        "\\u12          | ``       | \\u must be followed by four hexadecimal digits (line 1, column 2).
        /* c */ 1       | ``       | JSON has no comments; a value must follow here (line 1, column 1).
        [1 // c         | /0       | JSON has no comments; a comma or ] after the element must follow here (line 1, column 4).
        ['a']           | /0       | Strings take double quotes; a value must follow here (line 1, column 2).
        tru             | ``       | A value must follow here, not 't' (line 1, column 1).
        truE            | ``       | A value must follow here, not 't' (line 1, column 1).
        {"a":1,"a":2}   | /a       | The object has this member twice (line 1, column 8).
        {"a/b":1,"~":{"x":[0,{"q":0,"q":1}]}} | /~0/x/1/q | The object has this member twice (line 1, column 29).
        {"\\u0061":1,"a":2} | /a   | The object has this member twice (line 1, column 13).
        {"":1,"":2}     | /        | The object has this member twice (line 1, column 7).
        """)
    void isRefused(String text, String pointer, String sentence) {
        MalformedJsonException refusal = refusal(RawJson.of(text));

        assertThat(refusal.getMessage()).isEqualTo(sentence);
        assertThat(refusal.pointer()).isEqualTo(pointer);
    }

    @Test
    void controlCharactersAndOtherLinesAreNamed() {
        MalformedJsonException refusal = refusal(RawJson.of("{\n \"\u00e4\ud83d\ude00\": \"x\ty\"}"));

        assertThat(refusal.getMessage())
                .isEqualTo("A control character in a string must be escaped as \\u0009 (line 2, column 10).");
        assertThat(refusal.pointer()).isEqualTo("/\u00e4\ud83d\ude00");
        assertThat(refusal.offset()).isEqualTo(15);
    }

    @Test
    void aByteOrderMarkIsRefused() {
        assertThat(refusal(RawJson.of("\ufeff{}")).getMessage())
                .isEqualTo("The text starts with a byte order mark; send UTF-8 without one (line 1, column 1).");
        assertThat(refusal(RawJson.of(" \ufeff{}")).getMessage())
                .isEqualTo("A value must follow here, not the byte 0xef (line 1, column 2).");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80", // a continuation without a start
                "c3", // cut
                "c328", // a start without its continuation
                "c080", // overlong NUL
                "c1bf", // overlong
                "e08080", // overlong
                "e09fbf", // overlong
                "e282", // cut
                "e28228", // a wrong third byte
                "eda080", // a surrogate
                "edbfbf", // a surrogate
                "f0808080", // overlong
                "f08fbfbf", // overlong
                "f0908028", // a wrong fourth byte
                "f4908080", // above U+10FFFF
                "f5808080",
                "f888808080",
                "fe",
                "ff"
            })
    void wrongUtf8IsRefused(String hex) {
        for (String text : new String[] {"5b22" + "6162" + hex + "22" + "5d", "7b22" + hex + "223a317d"}) {
            MalformedJsonException refusal = refusal(RawJson.of(HexFormat.of().parseHex(text)));

            assertThat(refusal.getMessage()).startsWith("The text is not valid UTF-8 (line 1, column ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf", "f0908080", "f48fbfbf", "efbbbf"})
    void rightUtf8IsTaken(String hex) throws MalformedJsonException {
        StrictJson.check(RawJson.of(HexFormat.of().parseHex("22" + hex + "22")));
    }

    @Test
    void nestingHasALimit() throws MalformedJsonException {
        StrictJson.check(RawJson.of("[".repeat(200) + "]".repeat(200)));
        StrictJson.check(RawJson.of("{\"a\":".repeat(200) + "1" + "}".repeat(200)));
        StrictJson.check(RawJson.of("[".repeat(202) + "]".repeat(202)), 202);

        assertThat(refusal(RawJson.of("[".repeat(201) + "]".repeat(201))).getMessage())
                .isEqualTo("The nesting is deeper than 200 (line 1, column 201).");
        MalformedJsonException deep = refusal(RawJson.of("{\"a\":".repeat(1_000_000)));
        assertThat(deep.getMessage()).isEqualTo("The nesting is deeper than 200 (line 1, column 1001).");
        assertThat(deep.pointer()).isEqualTo("/a".repeat(200));
    }

    @ParameterizedTest
    @CsvSource({"1,0,0", "0,1,0", "1,1,1", "-,0,0"})
    void digitsHaveALimit(String first, int fraction, int exponent) throws MalformedJsonException {
        String lead = first.equals("-") ? "-1" : first;
        int rest = StrictJson.MAX_DIGITS - 1;
        String most = fraction == 0 && exponent == 0
                ? lead + "7".repeat(rest)
                : lead + "." + "7".repeat(fraction) + (exponent == 0 ? "" : "e-" + "9".repeat(rest - fraction));
        String number = fraction == 1 && exponent == 0 ? lead + "." + "7".repeat(rest) : most;
        StrictJson.check(RawJson.of("[" + number + "]"));

        MalformedJsonException refusal = refusal(RawJson.of("[" + number + "7]"));
        assertThat(refusal.getMessage())
                .isEqualTo("The number has 4097 digits; at most 4096 are taken (line 1, column 2).");
        assertThat(refusal.pointer()).isEqualTo("/0");
    }

    @Test
    void membersAreSlicedWhileTheyAreChecked() throws MalformedJsonException {
        byte[] text = "xx {\"a\": [1, {\"c\": 2}] ,\"\\u0062\":\"q\", \"n\":null,\"e\":{}, \"z\":{\"a\":3}}xx"
                .getBytes(StandardCharsets.UTF_8);
        Members members = StrictJson.members(
                new RawJson(text, 2, text.length - 4), MemberNames.of("a", "b", "n", "e", "missing"));

        assertThat(members.get("a")).isEqualTo(RawJson.of("[1, {\"c\": 2}]"));
        assertThat(members.get("b")).isEqualTo(RawJson.of("\"q\""));
        assertThat(members.get("n")).isEqualTo(RawJson.NULL);
        assertThat(members.get("e")).isEqualTo(RawJson.EMPTY_OBJECT);
        assertThat(members.get("missing")).isNull();
        assertThat(members.unknown()).isEqualTo("z");
        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> members.get("z")))
                .hasMessage("no member z was asked for");
    }

    @ParameterizedTest
    @CsvSource({"[1],an array", "7,a number", "true,a boolean", "null,null", "\"x\",a string"})
    void membersAreOfAnObject(String text, String words) {
        MalformedJsonException refusal = catchThrowableOfType(
                MalformedJsonException.class, () -> StrictJson.members(RawJson.of(text), MemberNames.of("a")));

        assertThat(refusal.getMessage())
                .isEqualTo("The document must be a JSON object, not " + words + " (line 1, column 1).");
    }

    @Test
    void whatIsNotJsonIsNotCalledTheWrongKind() {
        for (String text : new String[] {"", "NaN", "x"}) {
            MalformedJsonException whole = refusal(RawJson.of(text));
            MalformedJsonException sliced = catchThrowableOfType(
                    MalformedJsonException.class, () -> StrictJson.members(RawJson.of(text), MemberNames.of("a")));
            assertThat(sliced.getMessage()).isEqualTo(whole.getMessage());
        }
    }

    private static MalformedJsonException refusal(RawJson text) {
        MalformedJsonException refusal =
                catchThrowableOfType(MalformedJsonException.class, () -> StrictJson.check(text));
        assertThat(refusal).as("refusal of %s", text).isNotNull();
        return refusal;
    }
}
