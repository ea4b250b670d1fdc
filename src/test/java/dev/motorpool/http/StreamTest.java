package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The verbs imap and imap_unordered: their inputs and their lines. */
@ExtendWith(ServiceExtension.class)
@Tag("service")
class StreamTest {

    private static final String ECHO = "/v1/imap?function=echo&pool=threads";

    private final CheckedClient client;

    StreamTest(CheckedClient client) {
        this.client = client;
    }

    private Answer lines(String target, String body) throws IOException {
        return client.request("POST", target)
                .header("Content-Type", "application/x-ndjson")
                .body(body)
                .send();
    }

    private Answer imap(String body) throws IOException {
        return client.post("/v1/imap", body);
    }

    private static String numbers(int count, String separator) {
        return IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining(separator));
    }

    private static String echoed(int count) {
        return IntStream.range(0, count)
                        .mapToObj(i -> "{\"index\":" + i + ",\"value\":" + i + "}\n")
                        .collect(Collectors.joining())
                + "{\"end\":true,\"count\":" + count + ",\"failed\":0}\n";
    }

    @Test
    void aCallIsAnsweredWithALineForEachItemAndAnEnd() throws IOException {
        Answer answer = imap("{\"function\":\"fib\",\"items\":[10,11,12],\"tags\":{\"a\":\"b\"}}")
                .is(200);
        assertThat(answer.header("content-type")).isEqualTo("application/x-ndjson");
        assertThat(answer.text()).isEqualTo("""
            {"index":0,"value":55}
            {"index":1,"value":89}
            {"index":2,"value":144}
            {"end":true,"count":3,"failed":0}
            """);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100, 5000})
    void linesComeInTheOrderOfTheItemsWhateverTheChunksize(int chunksize) throws IOException {
        for (String pool : List.of("processes", "threads", "coroutines")) {
            String query = "/v1/imap?function=echo&pool=" + pool + "&chunksize=" + chunksize;
            assertThat(lines(query, numbers(3000, "\n")).is(200).text()).isEqualTo(echoed(3000));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 1000})
    void aWindowOfAnySizeServes(int window) throws IOException {
        String query = ECHO + "&chunksize=10&window=" + window;
        assertThat(lines(query, numbers(500, "\n")).is(200).text()).isEqualTo(echoed(500));
    }

    @Test
    void unorderedLinesComeInTheOrderOfCompletion() throws IOException {
        String items = "[0.5,0.01,0.25]";
        assertThat(client.post("/v1/imap_unordered", "{\"function\":\"sleep\",\"items\":" + items + "}")
                        .is(200)
                        .text())
                .isEqualTo("""
                    {"index":1,"value":0.01}
                    {"index":2,"value":0.25}
                    {"index":0,"value":0.5}
                    {"end":true,"count":3,"failed":0}
                    """);
        assertThat(imap("{\"function\":\"sleep\",\"items\":" + items + "}").text())
                .isEqualTo("""
                    {"index":0,"value":0.5}
                    {"index":1,"value":0.01}
                    {"index":2,"value":0.25}
                    {"end":true,"count":3,"failed":0}
                    """);
    }

    @Test
    void eachUnorderedItemHasExactlyOneLine() throws IOException {
        List<Integer> seen = new ArrayList<>();
        for (JsonNode line : lines("/v1/imap_unordered?function=echo&pool=processes&chunksize=3", numbers(5000, "\n"))
                .is(200)
                .lines()) {
            if (line.has("index")) {
                assertThat(line.path("value").asInt())
                        .isEqualTo(line.path("index").asInt());
                seen.add(line.path("index").asInt());
            }
        }
        assertThat(seen).hasSize(5000).doesNotHaveDuplicates();
    }

    @Test
    void nothingIsAnEndAlone() throws IOException {
        String end = "{\"end\":true,\"count\":0,\"failed\":0}\n";
        assertThat(imap("{\"function\":\"fib\",\"items\":[]}").is(200).text()).isEqualTo(end);
        assertThat(lines(ECHO, "").is(200).text()).isEqualTo(end);
        assertThat(lines(ECHO, "\n\r\n  \n").is(200).text()).isEqualTo(end);
    }

    @Test
    void blankLinesCarriageReturnsAndAMissingLastLineBreakAreTolerated() throws IOException {
        assertThat(lines(ECHO, "\n0\r\n\r\n  1 \n\t\n2").is(200).text()).isEqualTo(echoed(3));
    }

    @Test
    void aLineIsOneLineWhateverWhiteSpaceTheValueHas() throws IOException {
        Answer answer = imap("{\"function\":\"echo\",\"items\":[[ 1,\n2\r\n],{\"a\\nb\":\r\"\\r\"}]}")
                .is(200);
        assertThat(answer.text()).isEqualTo("""
            {"index":0,"value":[ 1,2]}
            {"index":1,"value":{"a\\nb":"\\r"}}
            {"end":true,"count":2,"failed":0}
            """);
    }

    @Test
    void valuesComeAsTheyAreHoweverLarge() throws IOException {
        String large = "\"" + "\u00fc".repeat(400_000) + "\"";
        String text = lines(ECHO, "1.50\n" + large + "\n1e400\n[" + large + "]")
                .is(200)
                .text();
        assertThat(text)
                .isEqualTo("{\"index\":0,\"value\":1.50}\n{\"index\":1,\"value\":" + large
                        + "}\n{\"index\":2,\"value\":1e400}\n{\"index\":3,\"value\":[" + large
                        + "]}\n{\"end\":true,\"count\":4,\"failed\":0}\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 9})
    void aFailedItemIsALineAndTheStreamGoesOn(int position) throws IOException {
        String items =
                IntStream.range(0, 10).mapToObj(i -> i == position ? "30" : "0").collect(Collectors.joining("\n"));
        List<JsonNode> lines = lines("/v1/imap?function=sleep&timeout=0.2&chunksize=2", items)
                .is(200)
                .lines();
        assertThat(lines).hasSize(11);
        for (int i = 0; i < 10; i++) {
            assertThat(lines.get(i).path("index").asInt()).isEqualTo(i);
            assertThat(lines.get(i).path("error").path("type").asString())
                    .isEqualTo(i == position ? "job-timeout" : "");
        }
        assertThat(lines.get(10).toString()).isEqualTo("{\"end\":true,\"count\":10,\"failed\":1}");
    }

    @Test
    void anErrorLineHasTheMembersOfItsProblem() throws IOException {
        JsonNode line = imap("{\"function\":\"raise\",\"items\":[\"no\"]}")
                .is(200)
                .lines()
                .getFirst();
        assertThat(line.path("error").propertyNames()).containsExactly("type", "message", "exception", "traceback");
        assertThat(line.path("error").path("message").asString()).isEqualTo("no");
    }

    @Test
    void anItemThatDoesNotFitIsALineOfItsOwn() throws IOException {
        List<JsonNode> lines =
                lines("/v1/imap?function=fib", "1\n\"x\"\n93\n2\n").is(200).lines();
        assertThat(lines.get(0).path("value").asInt()).isEqualTo(1);
        assertThat(lines.get(1).path("error").path("type").asString()).isEqualTo("invalid-arguments");
        assertThat(lines.get(1).path("error").path("pointer").asString()).isEmpty();
        assertThat(lines.get(2).path("error").path("type").asString()).isEqualTo("invalid-arguments");
        assertThat(lines.get(3).path("value").asInt()).isEqualTo(1);
        assertThat(lines.get(4).toString()).isEqualTo("{\"end\":true,\"count\":4,\"failed\":2}");
        assertThat(imap("{\"function\":\"fib\",\"items\":[1,\"x\"]}")
                        .lines()
                        .get(1)
                        .path("error")
                        .path("pointer")
                        .asString())
                .isEqualTo("/items/1");
    }

    @Test
    void manyThatDoNotFitAmongThoseThatDoKeepTheirPlaces() throws IOException {
        String items = IntStream.range(0, 4000)
                .mapToObj(i -> i % 3 == 0 ? "null" : Integer.toString(i % 90))
                .collect(Collectors.joining("\n"));
        for (String verb : List.of("imap", "imap_unordered")) {
            int lines = 0;
            for (JsonNode line : lines(
                            "/v1/" + verb + "?function=sleep&pool=coroutines&timeout=100&window=200",
                            items.replaceAll("[0-9]+", "0.00$0"))
                    .is(200)
                    .lines()) {
                if (line.has("index")) {
                    int index = line.path("index").asInt();
                    assertThat(line.has("error")).isEqualTo(index % 3 == 0);
                    if (index % 3 != 0) {
                        assertThat(line.path("value").asString()).isEqualTo("0.00" + index % 90);
                    }
                    lines++;
                } else {
                    assertThat(line.toString()).isEqualTo("{\"end\":true,\"count\":4000,\"failed\":1334}");
                }
            }
            assertThat(lines).isEqualTo(4000);
        }
    }

    @Test
    void aLineThatIsNotJsonEndsTheStreamAfterTheItemsBeforeIt() throws IOException {
        for (String bad : List.of("x", "{\"a\":1,\"a\":2}", "1 2", "NaN", "[1", "\u00e4")) {
            List<JsonNode> lines = lines("/v1/imap_unordered?function=sleep", "0.2\n0\n\n" + bad + "\n0\n")
                    .is(200)
                    .lines();
            assertThat(lines).hasSize(3);
            JsonNode end = lines.get(2);
            assertThat(end.path("end").asBoolean()).isTrue();
            assertThat(end.path("count").asInt()).isEqualTo(2);
            assertThat(end.path("error").path("type").asString()).isEqualTo("malformed-item");
            assertThat(end.path("error").path("index").asInt()).isEqualTo(2);
        }
    }

    @Test
    void aLineOverTheLimitEndsTheStreamAfterTheItemsBeforeIt() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, ECHO)) {
            stream.send("1\n");
            assertThat(stream.line()).isEqualTo("{\"index\":0,\"value\":1}");
            byte[] much = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            String piece = new String(much, StandardCharsets.US_ASCII);
            stream.send("\"");
            for (int i = 0; i < 17; i++) {
                stream.send(piece);
            }
            assertThat(stream.line())
                    .startsWith("{\"end\":true,\"count\":1,\"failed\":0,\"error\":{\"type\":\"content-too-large\"")
                    .endsWith("\"limit\":16777216,\"index\":1}}");
            assertThat(stream.line()).isNull();
        }
    }

    @Test
    void anItemMayNestAsDeepAsAnything() throws IOException {
        String deep = "[".repeat(200) + "]".repeat(200);
        for (String pool : List.of("processes", "threads", "coroutines")) {
            try (StreamConnection stream = new StreamConnection(client, "/v1/imap?function=echo&pool=" + pool)) {
                stream.send(deep + "\n" + deep + "\n").finish();
                assertThat(stream.line()).isEqualTo("{\"index\":0,\"value\":" + deep + "}");
                assertThat(stream.line()).isEqualTo("{\"index\":1,\"value\":" + deep + "}");
                assertThat(stream.line()).isEqualTo("{\"end\":true,\"count\":2,\"failed\":0}");
            }
        }
    }

    @Test
    void aLineOfTheGreatestLengthIsTaken() throws IOException {
        String item = "\"" + "x".repeat((16 << 20) - 2) + "\"";
        assertThat(lines(ECHO, "1\n" + item + "\n2").is(200).text().length()).isGreaterThan(16 << 20);
    }

    @Test
    void eventsAreAskedForByAccept() throws IOException {
        Answer answer = client.request("POST", "/v1/imap")
                .header("Accept", "text/event-stream")
                .body("{\"function\":\"fib\",\"items\":[10,-1]}")
                .send()
                .is(200);
        assertThat(answer.header("content-type")).startsWith("text/event-stream");
        assertThat(answer.text()).isEqualTo("""
            event: item
            id: 0
            data: {"index":0,"value":55}

            event: item
            id: 1
            data: {"index":1,"error":{"type":"invalid-arguments","message":"The argument n must be between 0 and 92, not -1.","pointer":"/items/1"}}

            event: end
            id: 2
            data: {"end":true,"count":2,"failed":1}

            """);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        application/x-ndjson, text/event-stream;q=0.5 | application/x-ndjson
        text/event-stream, */*;q=0.1                  | text/event-stream
        text/*                                        | text/event-stream
        */*                                           | application/x-ndjson
        application/x-ndjson;q=0, */*                 | text/event-stream
        application/json                              | 406
        text/event-stream;q=0                         | 406
        """)
    void acceptDecidesTheForm(String accept, String form) throws IOException {
        Answer answer = client.request("POST", "/v1/imap")
                .header("Accept", accept)
                .body("{\"function\":\"fib\",\"items\":[]}")
                .send();
        if (form.equals("406")) {
            answer.isProblem(ProblemType.NOT_ACCEPTABLE);
        } else {
            assertThat(answer.is(200).header("content-type")).startsWith(form);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        pool=threads                      | function
        function=echo&chunksize=0         | chunksize
        function=echo&chunksize=x         | chunksize
        function=echo&chunksize=          | chunksize
        function=echo&chunksize=1.5       | chunksize
        function=echo&window=0            | window
        function=echo&timeout=0           | timeout
        function=echo&timeout=-1          | timeout
        function=echo&expires=soon        | expires
        function=echo&priority=101        | priority
        function=echo&priority=1&priority=2 | priority
        function=echo&tag=x               | tag
        function=echo&tags=x:1            | tags
        function=echo&tags=%7B%22x%22:1%7D | tags/x
        function=echo&tag=x:1&tags=%7B%7D | tag
        function=echo&tag=x:1&tag=x:2     | tag
        function=echo&on_error=fail       | on_error
        function=echo&items=1             | items
        functoin=echo                     | functoin
        """)
    void aParameterThatDoesNotFitIsNamed(String query, String name) throws IOException {
        lines("/v1/imap?" + query, "1\n").isProblem(ProblemType.MALFORMED_REQUEST, name);
    }

    @Test
    void parametersMeanWhatMembersMean() throws IOException {
        lines(
                        "/v1/imap?function=echo&pool=threads&chunksize=2e0&window=8&timeout=1.5&expires=10&priority=-5"
                                + "&tag=a:b&tag=c:d:e",
                        "1\n")
                .is(200);
        lines("/v1/imap?function=ech", "1\n").isProblem(ProblemType.UNKNOWN_FUNCTION);
        lines("/v1/imap?function=echo&pool=thread", "1\n").isProblem(ProblemType.UNKNOWN_POOL);
    }

    @Test
    void whatDoesNotBelongThereIsNamed() throws IOException {
        imap("{\"function\":\"fib\",\"items\":[1],\"on_error\":\"fail\"}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/on_error");
        imap("{\"function\":\"fib\"}").isProblem(ProblemType.MALFORMED_REQUEST, "/items");
        imap("{\"function\":\"fib\",\"items\":[1],\"window\":0}").isProblem(ProblemType.MALFORMED_REQUEST, "/window");
        client.post("/v1/imap?function=fib", "{\"function\":\"fib\",\"items\":[1]}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "function");
        client.request("POST", "/v1/imap")
                .header("Content-Type", "text/plain")
                .body("1\n")
                .send()
                .isProblem(ProblemType.UNSUPPORTED_MEDIA_TYPE);
        client.request("POST", "/v1/map")
                .header("Content-Type", "application/x-ndjson")
                .body("1\n")
                .send()
                .isProblem(ProblemType.UNSUPPORTED_MEDIA_TYPE);
        client.request("POST", ECHO)
                .header("Content-Type", "application/x-ndjson")
                .header("Content-Encoding", "gzip")
                .body("1\n")
                .send()
                .isProblem(ProblemType.UNSUPPORTED_MEDIA_TYPE);
        client.get("/v1/imap").isProblem(ProblemType.METHOD_NOT_ALLOWED);
        client.request("HEAD", "/v1/imap").send().is(405);
        assertThat(client.request("OPTIONS", "/v1/imap").send().is(204).header("allow"))
                .isEqualTo("OPTIONS, POST");
    }

    @Test
    void anItemThatHasNotStartedInTimeExpires() throws IOException {
        client.put("/v1/pools/narrow", "{\"kind\":\"thread\",\"size\":1}").is(201);
        // The worker has started, so the first item finds a free slot.
        client.post("/v1/apply", "{\"function\":\"echo\",\"args\":[1],\"pool\":\"narrow\"}")
                .is(200);
        List<JsonNode> lines = lines("/v1/imap?function=sleep&pool=narrow&expires=1", "2\n0\n0\n")
                .is(200)
                .lines();
        assertThat(lines.get(0).path("value").asInt()).isEqualTo(2);
        assertThat(lines.get(1).path("error").path("type").asString()).isEqualTo("job-expired");
        assertThat(lines.get(2).path("error").path("type").asString()).isEqualTo("job-expired");
        assertThat(lines.get(3).path("failed").asInt()).isEqualTo(2);
        client.delete("/v1/pools/narrow").is(204);
    }

    @Test
    void aHundredThousandLines() throws IOException {
        assertThat(lines(ECHO + "&chunksize=50", numbers(100_000, "\n")).is(200).text())
                .isEqualTo(echoed(100_000));
    }
}
