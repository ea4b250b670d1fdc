package dev.motorpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.runtime.WorkerShape;
import dev.motorpool.runtime.WorkerUnderTest;
import dev.motorpool.wire.Message;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The example of a plug-in, built as its README says by somebody who has only the jar for authors. */
@Tag("slow")
class JavaPluginExampleTest {

    private static final Path JAR = Path.of("target", "motorpool-functions.jar");

    @TempDir
    Path work;

    @Test
    void itIsBuiltFromTheAuthorsJarAndMakesThumbnails() throws Exception {
        Path project = work.resolve("project");
        copy(Path.of("examples", "java-plugin"), project);
        maven(
                "install:install-file",
                "-Dfile=" + JAR.toAbsolutePath(),
                "-DgroupId=dev.motorpool",
                "-DartifactId=motorpool-functions",
                "-Dversion=0.1.0-SNAPSHOT",
                "-Dpackaging=jar");
        maven("-f", project.resolve("pom.xml").toString(), "package");
        Path plugins = Files.createDirectories(work.resolve("functions"));
        Files.copy(project.resolve("target/thumbnails.jar"), plugins.resolve("thumbnails.jar"));

        try (WorkerUnderTest worker = SourceWorker.start(plugins, new WorkerShape(1, false), Map.of())) {
            Message.Hello hello = worker.receive(Message.Hello.class);
            assertThat(SourceWorker.source(hello, "thumbnails").get("functions").toString())
                    .isEqualTo("[\"thumbnail\"]");
            SourceWorker.call(worker, 1, "thumbnail", "[\"" + picture(400, 100) + "\", 64, \"JPEG\"]");
            StringBuilder printed = new StringBuilder();
            Message report = SourceWorker.ended(worker, printed);
            assertThat(report).isInstanceOf(Message.Progress.class);
            Message.Result result = (Message.Result) SourceWorker.ended(worker, printed);
            JsonNode value = new JsonMapper().readTree(result.value().toString());
            BufferedImage small = ImageIO.read(new ByteArrayInputStream(
                    Base64.getDecoder().decode(value.get("data").asString())));
            assertThat(List.of(small.getWidth(), small.getHeight())).containsExactly(64, 16);
            assertThat(printed).hasToString("made 64 x 16\n");
        }
    }

    private static String picture(int width, int height) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", out);
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }

    /** Installs into a repository of the test's own, which sees what the machine's has. */
    private void maven(String... arguments) throws Exception {
        Path repository = Path.of(System.getProperty("user.home"), ".m2", "repository");
        List<String> command = new ArrayList<>(List.of(
                Path.of("mvnw").toAbsolutePath().toString(),
                "-q",
                "-B",
                "-Dmaven.repo.local=" + work.resolve("repository"),
                "-Dmaven.repo.local.tail=" + repository,
                "-Dmaven.repo.local.tail.ignoreAvailability=true"));
        command.addAll(List.of(arguments));
        Process maven = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(maven.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(maven.waitFor()).as(said).isZero();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path relative = from.relativize(file);
                if (Files.isRegularFile(file) && !relative.startsWith("target")) {
                    Path copy = to.resolve(relative);
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
        }
    }
}
