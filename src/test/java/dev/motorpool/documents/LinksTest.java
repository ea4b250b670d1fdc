package dev.motorpool.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Links between pages are valid, the index lists every page, and lines are short. */
@Tag("service")
class LinksTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final int PROSE = 100;
    private static final int CODE = 120;
    private static final int README_LINES = 150;

    @Test
    void linksLeadToFilesAndHeadings() throws Exception {
        List<String> broken = new ArrayList<>();
        for (Page page : Page.all()) {
            for (String link : links(page)) {
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty() ? page.file() : page.file().resolveSibling(parts[0]);
                if (!Files.exists(target)) {
                    broken.add(page + ": " + link);
                } else if (parts.length == 2 && !anchors(Page.read(target)).contains(parts[1])) {
                    broken.add(page + ": " + link + " (no such heading)");
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    private static List<String> links(Page page) {
        return LINK.matcher(page.plainText())
                .results()
                .map(link -> link.group(1))
                .filter(link -> !link.matches("[a-z]+:.*"))
                .toList();
    }

    /** GitHub's anchors of the headings. */
    private static Set<String> anchors(Page page) {
        Map<String, Integer> seen = new HashMap<>();
        Set<String> anchors = new HashSet<>();
        HEADING.matcher(page.prose()).results().forEach(heading -> {
            String anchor = heading.group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-');
            int before = seen.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? anchor : anchor + "-" + before);
        });
        return anchors;
    }

    @Test
    void theIndexHasEveryPage() throws Exception {
        Page index = Page.read(Path.of("docs/README.md"));
        Set<Path> listed = new HashSet<>();
        links(index)
                .forEach(link -> listed.add(
                        index.file().resolveSibling(link.replaceAll("#.*", "")).normalize()));
        assertThat(Page.all().stream()
                        .map(Page::file)
                        .filter(file -> file.startsWith("docs") && !file.equals(index.file())))
                .allSatisfy(file -> assertThat(listed).contains(file));
    }

    @Test
    void theReadmeIsShort() throws Exception {
        assertThat(Files.readAllLines(Path.of("README.md"))).hasSizeLessThanOrEqualTo(README_LINES);
    }

    /** Tables are exempt, as are the reference pages that began with longer lines. */
    @Test
    void linesAreShort() throws Exception {
        List<String> wide = new ArrayList<>();
        for (Page page : readersPages()) {
            page.prose()
                    .lines()
                    .filter(line -> line.length() >= PROSE && !line.startsWith("|"))
                    .forEach(line -> wide.add(page + ": " + line));
            page.text()
                    .lines()
                    .filter(line -> line.length() > CODE && !line.startsWith("|"))
                    .forEach(line -> wide.add(page + ": " + line));
        }
        assertThat(wide).isEmpty();
    }

    private static List<Page> readersPages() throws IOException {
        Set<Path> others = Stream.of(
                        "CHANGELOG.md",
                        "docs/architecture.md",
                        "docs/benchmarks.md",
                        "docs/configuration.md",
                        "docs/operations.md",
                        "docs/protocol.md",
                        "docs/security.md")
                .map(Path::of)
                .collect(Collectors.toSet());
        return Page.all().stream()
                .filter(page -> !others.contains(page.file())
                        && !page.file().startsWith("docs/adr")
                        && !page.file().startsWith("helm"))
                .toList();
    }
}
