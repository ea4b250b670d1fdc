package dev.motorpool.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * The steps of the image's build, parsed from the Dockerfile, so that steps repeated elsewhere cannot differ from it.
 */
final class Dockerfile {

    /** The service's directory in the image. */
    static final String HOME = "/opt/motorpool";

    /** The beginning of the entry point: the init, and the JVM. */
    private static final List<String> INIT = List.of("/usr/bin/tini", "-s", "--", "java");

    private static final Pattern EXTRACT =
            Pattern.compile("(?m)^RUN java (-Djarmode=tools) -jar target/motorpool\\.jar (.+?) --destination out\\b");
    private static final Pattern LAYER = Pattern.compile("(?m)^COPY --from=build /source/out/(\\S+)/ \\./$");
    private static final Pattern SCRIPTS = Pattern.compile("(?m)^COPY ((?:docker/\\S+ )+)\\./$");
    private static final Pattern TRAIN = Pattern.compile("(?m)^RUN \\./train (.+?) *\\\\?$");
    private static final Pattern PREPARED = Pattern.compile("(?m)^ENV MOTORPOOL_WORKER_PREPARED=(\\S+)$");
    private static final Pattern ENTRY = Pattern.compile("(?m)^ENTRYPOINT (\\[.+])$");

    private final String text;

    Dockerfile(String text) {
        this.text = text;
    }

    static Dockerfile read() throws IOException {
        return new Dockerfile(Files.readString(Path.of("Dockerfile")));
    }

    /** Words of the command that unpacks the jar, except its destination: before and after the jar's own. */
    List<String> extract(Path jar, Path destination) throws IOException {
        MatchResult command = only(EXTRACT);
        return Stream.of(
                        Stream.of(command.group(1), "-jar", jar.toString()),
                        words(command.group(2)),
                        Stream.of("--destination", destination.toString()))
                .flatMap(part -> part)
                .toList();
    }

    /** Unpacked folders whose contents are in the image. */
    List<String> layers() throws IOException {
        List<String> layers =
                LAYER.matcher(text).results().map(found -> found.group(1)).toList();
        if (layers.isEmpty()) {
            throw missing(LAYER);
        }
        return layers;
    }

    /** Other files, by their path in the repository. */
    List<String> scripts() throws IOException {
        return words(only(SCRIPTS).group(1)).toList();
    }

    /** Options of the training run's JVM. */
    List<String> training() throws IOException {
        return words(only(TRAIN).group(1)).toList();
    }

    /** The location of the workers' program and cache. */
    Path prepared(Path home) throws IOException {
        return Path.of(only(PREPARED).group(1).replace(HOME, home.toString()));
    }

    /** The arguments of {@code java}. */
    List<String> arguments(Path home) throws IOException {
        List<String> entry = JsonMapper.shared()
                .readTree(only(ENTRY).group(1))
                .valueStream()
                .map(word -> word.asString().replace(HOME, home.toString()))
                .toList();
        if (!entry.subList(0, INIT.size()).equals(INIT)) {
            throw missing(ENTRY);
        }
        return entry.subList(INIT.size(), entry.size());
    }

    private MatchResult only(Pattern line) throws IOException {
        List<MatchResult> found = line.matcher(text).results().toList();
        if (found.size() != 1) {
            throw missing(line);
        }
        return found.getFirst();
    }

    private static Stream<String> words(String text) {
        return Stream.of(text.strip().split(" +", -1));
    }

    private static IOException missing(Pattern line) {
        return new IOException("the Dockerfile has no such line, or several: " + line);
    }
}
