package dev.motorpool.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Markdown page. Blocks of the language {@code console} hold commands, each after a {@code $} and
 * followed by what it prints.
 * A block whose caption ends in a file name, as in "Save this as `alerts.yml`:", is that file.
 */
record Page(Path file, String text) {

    private static final Pattern BLOCK = Pattern.compile(
            "(?m)^(?:.*`(?<file>[\\w./-]+\\.\\w+)`:\n\n)?```(?<language>\\w*)\n(?<content>(?s:.*?))^```$");
    private static final Pattern PROMPT = Pattern.compile("(?m)^\\$ ");
    private static final Pattern INLINE_CODE = Pattern.compile("`[^`\n]*`");

    /** A step of the reader. */
    sealed interface Step {}

    /** The reader runs a command, and sees this output. */
    record Command(String line, String output) implements Step {}

    /** The reader saves a file. */
    record SavedFile(String name, String content) implements Step {}

    static Page read(Path file) {
        try {
            return new Page(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All Markdown files of the project for people, in a fixed order. */
    static List<Page> all() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> top = Files.list(Path.of("."));
                Stream<Path> docs = Files.walk(Path.of("docs"));
                Stream<Path> chart = Files.walk(Path.of("helm"));
                Stream<Path> forms = Files.walk(Path.of(".github"))) {
            Stream.of(top, docs, chart, forms)
                    .flatMap(each -> each)
                    .map(Path::normalize)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .forEach(files::add);
        }
        return files.stream().map(Page::read).toList();
    }

    /** The steps in its console blocks and captioned files, in order. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            String name = blocks.group("file");
            if (blocks.group("language").equals("console")) {
                PROMPT.splitAsStream(blocks.group("content"))
                        .filter(part -> !part.isEmpty())
                        .map(Page::command)
                        .forEach(steps::add);
            } else if (name != null) {
                steps.add(new SavedFile(name, blocks.group("content")));
            }
        }
        return steps;
    }

    /** Whether it starts a service with its own settings. */
    boolean startsService() {
        return commands().stream()
                .anyMatch(command -> PageRun.SERVICE.matcher(command).matches());
    }

    /** Whether its reader writes functions. */
    boolean savesFunctions() {
        return steps().stream()
                .anyMatch(step -> step instanceof SavedFile file && file.name().startsWith("functions/"));
    }

    boolean mentionsInCommands(String program) {
        Pattern word = Pattern.compile("(?<![\\w./-])" + program + "(?![\\w.-])");
        return commands().stream().anyMatch(command -> word.matcher(command).find());
    }

    /** The command is the first line, and following lines while a backslash or an open quote continues it. */
    private static Command command(String part) {
        int end = part.indexOf('\n');
        while (part.charAt(end - 1) == '\\'
                || part.substring(0, end).chars().filter(c -> c == '\'').count() % 2 == 1) {
            end = part.indexOf('\n', end + 1);
        }
        return new Command(part.substring(0, end), part.substring(end).strip());
    }

    List<String> commands() {
        return steps().stream()
                .flatMap(step -> step instanceof Command command ? Stream.of(command.line) : Stream.empty())
                .toList();
    }

    /** The contents of its blocks of this language. */
    List<String> blocks(String language) {
        return BLOCK.matcher(text)
                .results()
                .filter(block -> block.group("language").equals(language))
                .map(block -> block.group("content"))
                .toList();
    }

    /** The page without its blocks. */
    String prose() {
        return BLOCK.matcher(text).replaceAll("");
    }

    /** The page without code. */
    String plainText() {
        return INLINE_CODE.matcher(prose()).replaceAll("");
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
