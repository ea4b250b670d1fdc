package dev.motorpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.JsonNumber;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecondsTest {

    @ParameterizedTest
    @CsvSource({
        "1,1",
        "1.0,1",
        "2.50,2.5",
        "1e1,10",
        "0.000000001,0.000000001",
        "1e-9,0.000000001",
        "999999999,999999999"
    })
    void areReadAndWrittenAsNumbersOfSeconds(String number, String text) {
        assertThat(Seconds.text(Seconds.duration(JsonNumber.of(number)))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"1e-10", "1e-999999999", "0.00000000049"})
    void whatIsLessThanANanosecondIsOne(String number) {
        assertThat(Seconds.duration(JsonNumber.of(number))).isEqualTo(Duration.ofNanos(1));
    }

    @ParameterizedTest
    @CsvSource({"1e10", "1e999999999", "12345678901234567890"})
    void whatIsLongerThanAnyLifeIsCut(String number) {
        assertThat(Seconds.duration(JsonNumber.of(number))).isGreaterThan(Duration.ofDays(11_000));
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "1,0.000000001",
        "1000000000,1",
        "1500000000,1.5",
        "12000000034,12.000000034",
        "999999999,0.999999999"
    })
    void haveNoExponentAndNoNeedlessZeros(long nanos, String expected) {
        assertThat(Seconds.text(nanos)).isEqualTo(expected);
    }
}
