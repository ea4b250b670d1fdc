package dev.motorpool.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.ServiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command that the README and the pages of {@code docs/} show in a console block is run, in the order of the page, and
 * prints what the page says. Pages that start no service of their own share one.
 */
class DocumentsTest {

    /** Without these a page cannot be followed at all. */
    private static final List<String> NEEDED = List.of("curl", "jq", "openssl", "python3");

    /** Programs in blocks of the language {@code sh}: a test cannot run them, as they build, deploy or administer. */
    private static final Set<String> NOT_FOR_TESTS = Set.of("./mvnw", "docker", "kubectl", "helm", "git", "sudo", "cd");

    private static final Set<String> COMMANDS = Set.of("$", "curl", "java", "seq", "openssl", "python3", "npm");

    private static final List<String> PORTS = List.of("8080", "8443", "9000", "9001", "9090", "9464");

    @TempDir
    static Path shared;

    private static ServiceProcess service;

    @BeforeAll
    static void start() throws IOException {
        service = ServiceProcess.start(shared.resolve("data"), "--motorpool.pools.processes.size=2");
    }

    @AfterAll
    static void end() {
        service.close();
    }

    static List<Page> pagesWithCommands() throws IOException {
        return Page.all().stream().filter(page -> !page.commands().isEmpty()).toList();
    }

    @ParameterizedTest
    @MethodSource("pagesWithCommands")
    void itsCommandsPrintWhatItShows(Page page) throws Exception {
        List<String> missing = NEEDED.stream()
                .filter(program -> page.mentionsInCommands(program) && !PageRun.has(program))
                .toList();
        if (!missing.isEmpty()) {
            System.out.println("LEFT OUT: the commands of " + page + ", as there is no " + missing + " here.");
            return;
        }
        Path folder = Files.createDirectories(shared.resolve("pages").resolve(page.file()));
        Map<String, String> ports = freePorts();
        Path data = shared.resolve("data");
        int port = service.ready().getPort();
        if (!page.startsService()) {
            Files.createSymbolicLink(folder.resolve("data"), data);
            ports.put("8080", Integer.toString(port));
        }
        try (PageRun run = new PageRun(folder, ports, data.resolve("worker"))) {
            for (Page.Step step : page.steps()) {
                switch (step) {
                    case Page.SavedFile file -> run.save(file);
                    case Page.Command command -> run.run(command);
                }
            }
        }
    }

    @Test
    void otherBlocksShowOnlyCommandsThatATestCannotRun() throws Exception {
        List<String> others = new ArrayList<>();
        for (Page page : Page.all()) {
            page.blocks("sh").stream()
                    .flatMap(block -> block.replace("\\\n", "").lines())
                    .filter(line -> !line.isBlank() && !NOT_FOR_TESTS.contains(firstWord(line)))
                    .forEach(line -> others.add(page + ": " + line));
            page.blocks("").stream()
                    .flatMap(String::lines)
                    .filter(line -> NOT_FOR_TESTS.contains(firstWord(line)) || COMMANDS.contains(firstWord(line)))
                    .forEach(line -> others.add(page + ", in a block without a language: " + line));
        }
        assertThat(others).isEmpty();
    }

    private static String firstWord(String line) {
        return line.strip().split(" ", 2)[0];
    }

    private static Map<String, String> freePorts() throws IOException {
        Map<String, String> ports = new HashMap<>();
        List<ServerSocket> open = new ArrayList<>();
        for (String port : PORTS) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            open.add(socket);
            ports.put(port, Integer.toString(socket.getLocalPort()));
        }
        for (ServerSocket socket : open) {
            socket.close();
        }
        return ports;
    }
}
