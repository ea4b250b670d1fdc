package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An answer as received. */
@SuppressWarnings("ArrayRecordComponent") // the bytes of one answer; nobody writes to them
record Answer(int status, Map<String, List<String>> headers, byte[] body) {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(10_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    @Nullable
    String header(String name) {
        List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
        return values == null ? null : values.getFirst();
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    JsonNode json() {
        return JSON.readTree(body);
    }

    /** The lines of a stream, without heartbeats. */
    List<JsonNode> lines() {
        return text().lines()
                .filter(line -> !line.isBlank())
                .map(JSON::readTree)
                .toList();
    }

    /** The names of the members of the body, in order. */
    List<String> members() {
        return new ArrayList<>(json().propertyNames());
    }

    Answer is(int expected) {
        assertThat(status).as("status of %s", text()).isEqualTo(expected);
        return this;
    }

    /** Checks that this is the problem of this type, in the form that all problems have. */
    Answer isProblem(ProblemType type) {
        is(type.status());
        assertThat(header("content-type")).isEqualTo("application/problem+json");
        assertThat(json().path("type").asString()).isEqualTo(ProblemType.URN + type.word());
        assertThat(json().path("title").asString()).isEqualTo(type.title());
        assertThat(json().path("detail").asString()).isNotBlank();
        assertThat(json().path("instance").asString()).startsWith("urn:uuid:");
        return this;
    }

    Answer isProblem(ProblemType type, String pointer) {
        isProblem(type);
        assertThat(json().path("pointer").asString()).as(text()).isEqualTo(pointer);
        return this;
    }
}
