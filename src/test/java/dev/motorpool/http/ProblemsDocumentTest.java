package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of problems in the documents matches the enumeration: names, statuses and members. */
class ProblemsDocumentTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (\\d+) \\| (.*?) ?\\| .{20,} \\|$");

    @Test
    void theTableIsTheEnumeration() throws Exception {
        List<String> rows = ROW.matcher(Files.readString(Path.of("docs/problems.md")))
                .results()
                .map(row -> row.group(1) + " " + row.group(2) + " "
                        + row.group(3).replace(" (sometimes)", "?").replace("`", ""))
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(ProblemType.values())
                        .map(type -> type.word() + " " + type.status() + " " + String.join(", ", type.members()))
                        .toList());
    }
}
