package dev.motorpool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The steps of the image's build are found in it, as it is. */
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

    @Test
    void aStepThatIsNotThereIsToldOf() {
        Dockerfile empty = new Dockerfile("FROM scratch\n");
        assertThatThrownBy(empty::layers).hasMessageContaining("no such line");
        assertThatThrownBy(empty::training).hasMessageContaining("train");
    }
}
