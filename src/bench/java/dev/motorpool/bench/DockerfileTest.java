package dev.motorpool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The parser finds the steps of the image's build. */
class DockerfileTest {

    private static final Path HOME = Path.of("/somewhere");

    @Test
    void itsStepsAreFound() throws IOException {
        Dockerfile dockerfile = Dockerfile.read();

        assertThat(dockerfile.extract(Path.of("a.jar"), Path.of("there")))
                .containsSequence("-jar", "a.jar", "extract")
                .endsWith("--destination", "there");
        assertThat(dockerfile.layers()).contains("dependencies", "application");
        assertThat(dockerfile.scripts())
                .contains("docker/train", "docker/health")
                .allSatisfy(script -> assertThat(Files.isExecutable(Path.of(script)))
                        .as(script)
                        .isTrue());
        assertThat(dockerfile.training())
                .allSatisfy(option -> assertThat(dockerfile.arguments(HOME)).contains(option));
        assertThat(dockerfile.prepared(HOME)).isEqualTo(HOME.resolve("worker"));
        assertThat(dockerfile.arguments(HOME))
                .contains("-XX:AOTCache=/somewhere/service.aot")
                .endsWith("-jar", "/somewhere/motorpool.jar")
                .noneMatch(argument -> argument.contains(Dockerfile.HOME));
    }

    /** A tag may mean another image tomorrow; a digest may not. */
    @Test
    void baseImagesAreNamedByDigest() throws IOException {
        String text = Files.readString(Path.of("Dockerfile"));
        Map<String, String> defaults = new HashMap<>();
        Pattern.compile("(?m)^ARG (\\w+)=(\\S+)$")
                .matcher(text.substring(0, text.indexOf("FROM ")))
                .results()
                .forEach(arg -> defaults.put("$" + arg.group(1), arg.group(2)));

        List<MatchResult> stages = stages(text);
        Set<String> names = stages.stream().map(stage -> stage.group(2)).collect(Collectors.toSet());
        List<String> images = stages.stream()
                .map(stage -> stage.group(1))
                .filter(image -> !names.contains(image))
                .map(image -> defaults.getOrDefault(image, image))
                .toList();

        assertThat(images).hasSize(3).allSatisfy(image -> assertThat(image)
                .matches("\\S+:(25-j(dk|re)|22-bookworm-slim)@sha256:[0-9a-f]{64}"));
    }

    /** A plain build makes the last stage. */
    @Test
    void theDefaultTargetHasNoInterpreters() throws IOException {
        List<MatchResult> stages = stages(Files.readString(Path.of("Dockerfile")));

        assertThat(stages.stream().map(stage -> stage.group(2)))
                .contains("motorpool-python", "motorpool-node", "motorpool-all")
                .last()
                .isEqualTo("motorpool");
        assertThat(stages.getLast().group(1)).isEqualTo("service");
    }

    private static List<MatchResult> stages(String text) {
        return Pattern.compile("(?m)^FROM (\\S+) AS (\\S+)$")
                .matcher(text)
                .results()
                .toList();
    }

    @Test
    void aStepThatIsNotThereIsToldOf() {
        Dockerfile empty = new Dockerfile("FROM scratch\n");
        assertThatThrownBy(empty::layers).hasMessageContaining("no such line");
        assertThatThrownBy(empty::training).hasMessageContaining("train");
    }
}
