package dev.motorpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.ServiceProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every call that the README shows is made, and answers what the README says, but for ids, times and sizes. */
class ReadmeTest {

    private static final Pattern BLOCK = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    /** What {@code $ID} means in the calls that follow. */
    private static final Pattern JOB = Pattern.compile("\\{\"id\":\"([0-9a-f-]{36})\"");

    private static final Pattern SEQ = Pattern.compile("seq (\\d+) \\| (.*)");

    /** A command and what the README says it prints. */
    private record Example(String command, String output) {}

    @Test
    void itsCallsAnswerWhatItSays(@TempDir Path data) throws Exception {
        List<Example> examples = examples(Files.readString(Path.of("README.md")));
        assertThat(examples).hasSizeGreaterThan(5);
        List<String> told = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        try (ServiceProcess service = ServiceProcess.start(data, "--motorpool.pools.processes.size=2");
                HttpClient client = HttpClient.newHttpClient()) {
            String address = service.ready().toString();
            String job = "";
            for (Example example : examples) {
                String answer = run(client, address, example.command.replace("$ID", job));
                Matcher id = JOB.matcher(answer);
                job = id.lookingAt() ? id.group(1) : job;
                told.add(example.command + "\n" + withoutChance(example.output));
                seen.add(example.command + "\n" + withoutChance(answer).strip());
            }
        }
        assertThat(String.join("\n\n", seen)).isEqualTo(String.join("\n\n", told));
    }

    private static List<Example> examples(String text) {
        List<Example> examples = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            for (String part : Pattern.compile("(?m)^\\$ ").split(blocks.group(1), -1)) {
                if (!part.isEmpty()) {
                    String[] lines = part.split("\n", 2);
                    examples.add(new Example(lines[0], lines[1].strip()));
                }
            }
        }
        return examples;
    }

    /** Does what curl, with the options that the README uses, a seq before and a grep behind it would do. */
    private static String run(HttpClient client, String address, String shown) throws Exception {
        String command = shown;
        String sent = null;
        Matcher seq = SEQ.matcher(shown);
        if (seq.matches()) {
            command = seq.group(2);
            sent = IntStream.rangeClosed(1, Integer.parseInt(seq.group(1)))
                    .mapToObj(number -> number + "\n")
                    .collect(Collectors.joining());
        }
        String[] parts = command.split(" \\| grep ", 2);
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(parts[0]);
        while (matcher.find()) {
            for (int i = 1; i <= matcher.groupCount(); i++) {
                if (matcher.group(i) != null) {
                    words.add(matcher.group(i));
                }
            }
        }
        assertThat(words.getFirst()).isEqualTo("curl");
        String method = null;
        String body = sent;
        boolean onlyStatus = false;
        HttpRequest.Builder request = HttpRequest.newBuilder();
        for (int i = 1; i < words.size(); i++) {
            switch (words.get(i)) {
                case "-s", "-sN" -> {}
                case "-T" -> assertThat(words.get(++i)).isEqualTo(".");
                case "-X" -> method = words.get(++i);
                case "-d" -> body = words.get(++i).replace("http://localhost:8080", address);
                case "-o" -> assertThat(words.get(++i)).isEqualTo("/dev/null");
                case "-w" -> {
                    assertThat(words.get(++i)).isEqualTo("%{http_code}\\n");
                    onlyStatus = true;
                }
                case "-H" -> {
                    String[] header = words.get(++i).split(": ", 2);
                    request.header(header[0], header[1]);
                }
                default -> request.uri(URI.create(words.get(i).replaceFirst("^localhost:8080", address)));
            }
        }
        HttpRequest.BodyPublisher publisher =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpResponse<String> answer = client.send(
                request.method(method != null ? method : body == null ? "GET" : "POST", publisher)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (onlyStatus) {
            return Integer.toString(answer.statusCode());
        }
        if (parts.length == 1) {
            return answer.body();
        }
        Pattern wanted = Pattern.compile(parts[1].replace("'", ""));
        return answer.body().lines().filter(line -> wanted.matcher(line).find()).collect(Collectors.joining("\n"));
    }

    /** Ids, times, durations and sizes are different each time. */
    private static String withoutChance(String output) {
        return output.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "<time>")
                .replaceAll(
                        "\"(queue_seconds|run_seconds|rss_bytes|pid|calls|workers_started|seq)\":[0-9.eE+-]+",
                        "\"$1\":<number>")
                .replaceAll("\"id\":\"(\\w+)-\\d+\"", "\"id\":\"$1-<n>\"");
    }
}
