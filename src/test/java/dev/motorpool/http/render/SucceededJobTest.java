package dev.motorpool.http.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.route.ByteText;
import dev.motorpool.job.Job;
import dev.motorpool.job.JobState;
import dev.motorpool.job.Seconds;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Outcome;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SucceededJobTest {

    @Test
    void hasTheMembersOfTheContractInTheirOrder() {
        Instant start = Instant.parse("2026-01-02T03:04:05.006999Z");
        Outcome.Run run = new Outcome.Run(start, start.plusMillis(1000), 400_000, 31_000_000, "processes-2", 4242);
        RawJson value = new RawJson("xx[1.50]".getBytes(StandardCharsets.UTF_8), 2, 6);
        UUID id = UUID.fromString("0199c0de-7b1a-7c3e-8f00-5a1d2c3b4e5f");
        Job job = new Job(
                id,
                "apply",
                "f\"ä",
                "processes",
                JobState.SUCCEEDED,
                value,
                null,
                1,
                -7,
                Map.of("k\n", "v"),
                start,
                start.plusMillis(1000),
                400_000,
                run);
        ByteBuffer[] parts = SucceededJob.parts(job, value, run);
        assertThat(parts[1].array()).as("the value is not copied").isSameAs(value.bytes());
        assertThat(Arrays.stream(parts)
                        .map(part -> StandardCharsets.UTF_8.decode(part).toString())
                        .collect(Collectors.joining()))
                .isEqualTo(
                        "{\"id\":\"0199c0de-7b1a-7c3e-8f00-5a1d2c3b4e5f\",\"verb\":\"apply\",\"function\":\"f\\\"ä\",\"pool\":\"processes\",\"state\":\"succeeded\",\"value\":[1.50],\"error\":null,\"attempt\":1,\"priority\":-7,\"tags\":{\"k\\n"
                            + "\":\"v\"},\"progress\":null,"
                            + "\"created_at\":\"2026-01-02T03:04:05.006Z\",\"started_at\":\"2026-01-02T03:04:05.006Z\","
                            + "\"finished_at\":\"2026-01-02T03:04:06.006Z\",\"queue_seconds\":0.0004,"
                            + "\"run_seconds\":0.031,\"worker\":{\"id\":\"processes-2\",\"pid\":4242}}");
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
    void secondsHaveNoExponentAndNoNeedlessZeros(long nanos, String expected) {
        ByteText text = new ByteText(1).seconds(nanos);
        assertThat(StandardCharsets.US_ASCII.decode(text.buffer()).toString())
                .isEqualTo(expected)
                .isEqualTo(Seconds.text(nanos));
    }
}
