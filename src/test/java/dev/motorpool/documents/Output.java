package dev.motorpool.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Compares a command's output with a page. Ids, times, durations and sizes may differ. */
final class Output {

    private Output() {}

    /** An ellipsis in a page stands for any text. */
    static void assertSays(Page.Command command, String printed) {
        String expected = Arrays.stream(withoutChance(command.output()).split("\\.\\.\\.", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining("(?s:.*)"));
        String seen = withoutChance(printed);
        if (!seen.matches(expected)) {
            assertThat(seen).as(command.line()).isEqualTo(withoutChance(command.output()));
        }
    }

    private static String withoutChance(String output) {
        return output.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>")
                .replaceAll("\\b[0-9a-f]{64}\\b", "<hash>")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "<time>")
                .replaceAll(
                        "\"(queue_seconds|run_seconds|seconds|rss_bytes|pid|calls|workers_started|seq)\":("
                                + " ?)[0-9.eE+-]+",
                        "\"$1\":$2<number>")
                .replaceAll("\"id\":( ?)\"(\\w+)-\\d+\"", "\"id\":$1\"$2-<n>\"")
                .replaceAll("worker (\\w+)-\\d+ \\(pid \\d+\\)", "worker $1-<n> (pid <number>)");
    }
}
