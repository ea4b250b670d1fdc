package dev.motorpool.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder with the layout of the image: the unpacked jar, and the AOT caches of service and workers, created by the
 * image's own training run. The JVM is the benchmark's own.
 */
final class ImageLayout implements AutoCloseable {

    private static final long STEP_SECONDS = 300;

    /** The heap that the chart gives the service. */
    private static final String HEAP = "-Xmx512m";

    private static final Pattern COMPLAINT =
            Pattern.compile("(?m)^.*(warn|error|AOT cache).*$", Pattern.CASE_INSENSITIVE);

    private final Path home;
    private final Path prepared;
    private final List<String> arguments;

    private ImageLayout(Path home, Dockerfile dockerfile) throws IOException {
        this.home = home;
        this.prepared = dockerfile.prepared(home);
        this.arguments = dockerfile.arguments(home);
    }

    static ImageLayout make(Setup setup) throws IOException, InterruptedException {
        Dockerfile dockerfile = Dockerfile.read();
        Path home = setup.folder().resolve("layout");
        Path out = setup.folder().resolve("layout-extracted");
        Files.createDirectories(home);
        run(setup, "layout-extract", Children.java(dockerfile.extract(setup.jar(), out)));
        for (String layer : dockerfile.layers()) {
            try (Stream<Path> content = Files.list(out.resolve(layer))) {
                for (Path each : content.toList()) {
                    Files.move(each, home.resolve(each.getFileName()));
                }
            }
        }
        Bench.delete(out);
        for (String script : dockerfile.scripts()) {
            Path from = Path.of(script);
            Files.copy(from, home.resolve(from.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
        run(
                setup,
                "layout-train",
                Stream.concat(Stream.of(home.resolve("train").toString()), dockerfile.training().stream())
                        .toList());
        return new ImageLayout(home, dockerfile);
    }

    private static void run(Setup setup, String name, List<String> command) throws IOException, InterruptedException {
        Path log = setup.folder().resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .merge(
                        "PATH",
                        Path.of(System.getProperty("java.home"), "bin").toString(),
                        (usual, ours) -> ours + File.pathSeparator + usual);
        builder.environment().put("TRAINING_PORT", Integer.toString(ServiceProcess.freePort()));
        Process process = Children.start(builder);
        try {
            if (!process.waitFor(STEP_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("a step of the image's build failed; see " + log);
            }
        } finally {
            Children.end(process);
        }
    }

    /** The arguments of {@code java}. */
    List<String> arguments() {
        return arguments;
    }

    Map<String, String> environment() {
        return Map.of("MOTORPOOL_WORKER_PREPARED", prepared.toString(), "JDK_JAVA_OPTIONS", HEAP);
    }

    /** Fails unless the service with this log and data directory has used the caches. */
    void checkUsed(String log, Path data) throws IOException {
        List<String> complaints = COMPLAINT
                .matcher(log)
                .results()
                .map(line -> line.group().strip())
                .toList();
        if (!complaints.isEmpty()) {
            throw new IOException("the service complained: " + complaints);
        }
        if (Files.exists(data.resolve("worker"))) {
            throw new IOException("the workers' program was made anew in " + data);
        }
    }

    @Override
    public void close() throws IOException {
        Bench.delete(home);
    }
}
