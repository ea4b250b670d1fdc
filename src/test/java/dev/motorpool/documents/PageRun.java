package dev.motorpool.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.ServiceProgram;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs a page step by step in a new directory, and compares the output of the commands with the page. Port numbers are
 * replaced by free ones, and {@code java -jar target/motorpool.jar} runs the classes under test.
 */
final class PageRun implements AutoCloseable {

    /** A command that starts the service in the background. */
    static final Pattern SERVICE = Pattern.compile("(java -jar target/motorpool\\.jar (?!backup).*) &", Pattern.DOTALL);

    /** Programs that may be missing on a machine: their commands are then skipped. */
    private static final Set<String> OPTIONAL = Set.of("promtool", "nginx", "haproxy", "systemd-analyze", "node");

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern READS =
            Pattern.compile("(curl (?!.* (-X|-d|-T|-o) )|cat |grep |ls ).*", Pattern.DOTALL);
    private static final Pattern PROGRAM = Pattern.compile("(?:\\w+=\\S* )*([\\w-]+).*", Pattern.DOTALL);

    private final Path folder;
    private final Map<String, String> ports;
    private final Shell shell;

    /**
     * @param ports the numbers of ports that pages show, and the ones to use instead
     */
    PageRun(Path folder, Map<String, String> ports) throws IOException {
        this.folder = folder;
        this.ports = new TreeMap<>(ports);
        Path programs = Files.createDirectories(folder.resolve("programs"));
        ServiceProgram program = ServiceProgram.made();
        Path java = Files.writeString(
                programs.resolve("java"), """
                    #!/bin/sh
                    shift 2
                    exec '%s' "$@"
                    """.formatted(String.join("' '", program.command(List.of()))));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        String path = System.getenv("PATH");
        shell = new Shell(
                folder,
                Map.of(
                        "PATH",
                        programs + File.pathSeparator + path,
                        "SERVER_PORT",
                        ports.get("8080"),
                        "MOTORPOOL_POOLS_PROCESSES_SIZE",
                        "2",
                        "MOTORPOOL_WORKER_PREPARED",
                        program.workers().toString()));
    }

    static boolean has(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    void save(Page.SavedFile file) throws IOException {
        String java = System.getProperty("java.home") + "/bin/java";
        Path place = folder.resolve(file.name());
        Files.createDirectories(place.getParent());
        Files.writeString(place, toReal(file.content().replace("/usr/bin/java", java)));
    }

    /** Runs the command; fails if it fails, or if its output differs from the page. */
    void run(Page.Command command) throws Exception {
        String program = program(command.line());
        Matcher service = SERVICE.matcher(command.line());
        if (OPTIONAL.contains(program) && !has(program)) {
            System.out.println("LEFT OUT: there is no " + program + " here to run: " + command.line());
        } else if (service.matches()) {
            start(service.group(1));
        } else if (READS.matcher(command.line()).matches()) {
            Eventually.until(PATIENCE, () -> runOnce(command));
        } else {
            runOnce(command);
        }
    }

    private static String program(String line) {
        Matcher program = PROGRAM.matcher(line);
        return program.matches() ? program.group(1) : "";
    }

    private Shell.Answer runOnce(Page.Command command) throws IOException, InterruptedException {
        Shell.Answer answer = shell.run(toReal(command.line()));
        Output.assertSays(command, toShown(answer.output()));
        assertThat(answer.status())
                .as("%s: %s", command.line(), answer.output())
                .isZero();
        return answer;
    }

    /** Starts the service and waits until it is ready. */
    private void start(String command) throws IOException, InterruptedException {
        Path log = folder.resolve("service.log");
        Files.deleteIfExists(log);
        shell.run(toReal(command) + " > service.log 2>&1 &");
        Eventually.within(PATIENCE, () -> assertThat(log).content().contains("Ready on "));
    }

    private String toReal(String shown) {
        Matcher port = Pattern.compile("\\b(" + String.join("|", ports.keySet()) + ")\\b")
                .matcher(shown);
        return port.replaceAll(each -> ports.get(each.group(1)));
    }

    private String toShown(String real) {
        String shown = real.replace(folder.toString(), "...");
        for (Map.Entry<String, String> port : ports.entrySet()) {
            shown = shown.replaceAll("(localhost|127\\.0\\.0\\.1):" + port.getValue() + "\\b", "$1:" + port.getKey());
        }
        return shown;
    }

    @Override
    public void close() throws IOException {
        shell.close();
    }
}
