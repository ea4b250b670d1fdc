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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.FileSystemUtils;

/**
 * Runs every command in a console block of the README and the pages of {@code docs/}, in the order of the page, and
 * compares its output with the page. Pages that start no service of their own share one.
 */
@Tag("slow")
class DocumentsTest {

    /** Required by the pages. */
    private static final List<String> NEEDED = List.of("curl", "jq", "openssl", "python3");

    /** Programs in {@code sh} blocks that a test cannot run, because they build, deploy or administer. */
    private static final Set<String> NOT_FOR_TESTS = Set.of("./mvnw", "docker", "kubectl", "helm", "git", "sudo", "cd");

    private static final Set<String> COMMANDS = Set.of("$", "curl", "java", "seq", "openssl", "python3", "npm");

    private static final List<String> PORTS = List.of("8080", "8443", "9000", "9001", "9090", "9464");

    @TempDir
    static Path shared;

    private static ServiceProcess service;

    /** For pages with functions of one's own: the pools that these bring would be seen on other pages. */
    private static ServiceProcess withFunctions;

    @BeforeAll
    static void start() throws IOException {
        Files.createDirectories(shared.resolve("functions"));
        service = ServiceProcess.start(shared.resolve("data"), "--motorpool.pools.processes.size=2");
        withFunctions = ServiceProcess.start(
                shared.resolve("more"),
                "--motorpool.pools.processes.size=2",
                "--motorpool.functions.directory=" + shared.resolve("functions"));
    }

    @AfterAll
    static void end() {
        service.close();
        withFunctions.close();
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
        boolean functions = page.savesFunctions();
        Path data = shared.resolve(functions ? "more" : "data");
        int port = (functions ? withFunctions : service).ready().getPort();
        if (!page.startsService()) {
            Files.createSymbolicLink(folder.resolve("data"), data);
            Files.createSymbolicLink(folder.resolve("functions"), shared.resolve("functions"));
            ports.put("8080", Integer.toString(port));
        }
        try (PageRun run = new PageRun(folder, ports)) {
            for (Page.Step step : page.steps()) {
                switch (step) {
                    case Page.SavedFile file -> run.save(file);
                    case Page.Command command -> run.run(command);
                }
            }
        } finally {
            // The functions of one page are not there for the next.
            FileSystemUtils.deleteRecursively(shared.resolve("functions"));
            Files.createDirectories(shared.resolve("functions"));
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

    /** Ports below the system's ephemeral range, so that no connection uses one before the service listens on it. */
    private static Map<String, String> freePorts() {
        Map<String, String> ports = new HashMap<>();
        Iterator<String> free = ThreadLocalRandom.current()
                .ints(20_000, 32_000)
                .distinct()
                .filter(DocumentsTest::isFree)
                .mapToObj(Integer::toString)
                .iterator();
        PORTS.forEach(port -> ports.put(port, free.next()));
        return ports;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
