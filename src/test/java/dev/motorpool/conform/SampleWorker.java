package dev.motorpool.conform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What docs/protocol.md has: the worker, the MUSTs, and what the kit writes. */
final class SampleWorker {

    private static final Path DOCUMENT = Path.of("docs", "protocol.md");
    private static final Pattern CODE = Pattern.compile("(?ms)^```python\\n(.*?)^```");
    private static final Pattern OUTPUT =
            Pattern.compile("(?ms)^\\$ java -jar target/motorpool.jar conform .*?\\n(.*?)^```");

    private SampleWorker() {}

    static String document() throws IOException {
        return Files.readString(DOCUMENT);
    }

    /** Writes the worker of the document into a file. */
    static Path in(Path folder) throws IOException {
        return Files.writeString(folder.resolve("worker.py"), only(CODE));
    }

    /** The lines of the output that the document shows. */
    static List<String> output() throws IOException {
        return only(OUTPUT).lines().filter(line -> !line.equals("...")).toList();
    }

    private static String only(Pattern pattern) throws IOException {
        List<String> found = pattern.matcher(document())
                .results()
                .map(result -> result.group(1))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(DOCUMENT + " has " + found.size() + " of " + pattern);
        }
        return found.getFirst();
    }

    /** The MUSTs of workers and their numbers, in the order of the document: {@code P1}, {@code MUST}, {@code P2}, ... */
    static List<String> numbersAndMusts() throws IOException {
        String text = document()
                .replaceAll("(?ms)^The key words MUST.*?\\n\\n", "")
                .replace("each MUST above", "")
                .replaceAll("(?ms)^### Templates$.*?^## ", "## ");
        return Pattern.compile("\\*\\*(P\\d+)\\*\\*|\\b(MUST)\\b")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .map(each -> each.replace("*", ""))
                .toList();
    }
}
