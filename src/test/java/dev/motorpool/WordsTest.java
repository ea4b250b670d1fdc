package dev.motorpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Private words that gave way to the standard terms of the field do not come back. */
class WordsTest {

    /** Names that classes once had. */
    private static final Pattern NAMES = words(
            "Crew",
            "Hiring",
            "Departures",
            "Roster",
            "LastWords",
            "Tally",
            "Glance",
            "CallEnds",
            "ItemEnds",
            "Endings",
            "RunEnd",
            "Commits",
            "Doubts",
            "SingleRun",
            "PoolFeeds",
            "Harvest",
            "Announcements",
            "Parcel",
            "Aftermath",
            "Courier",
            "Handout",
            "Agenda",
            "Poster",
            "Verdicts",
            "DoorEvents",
            "DoorLog",
            "NoBody",
            "WholeService",
            "GivenBack");

    private static final Pattern PROSE = words("door", "doors", "in the hands of", "so many", "who asks");

    private static Pattern words(String... words) {
        return Pattern.compile("(?<![\\w.-])(" + String.join("|", words) + ")(?!\\w)");
    }

    @Test
    void theyAreNotInCodeCommentsOrDocuments() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files()) {
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                for (Pattern words : List.of(NAMES, PROSE)) {
                    Matcher word = words.matcher(line);
                    if (word.find()) {
                        found.add(file + ":" + number + ": " + word.group());
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    private static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String place : List.of(
                "src/main/java",
                "src/test/java",
                "src/bench/java",
                "docs",
                "README.md",
                "CONTRIBUTING.md",
                "CHANGELOG.md")) {
            try (Stream<Path> all = Files.walk(Path.of(place))) {
                all.filter(file -> file.toString().endsWith(".java")
                                || file.toString().endsWith(".md"))
                        .filter(file -> !file.endsWith("WordsTest.java"))
                        .forEach(files::add);
            }
        }
        assertThat(files).hasSizeGreaterThan(500);
        return files;
    }
}
