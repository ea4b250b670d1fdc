package dev.motorpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.pool.process.SandboxedProcess;
import dev.motorpool.testing.BubblewrapHere;
import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a worker's command is confined, and why it cannot be. */
@Tag("service")
class BubblewrapTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path place;

    private Path data;
    private Path functions;

    @BeforeEach
    void makeFolders() throws IOException {
        // The shell and bwrap get these paths as they are.
        data = Files.createDirectories(place.resolve("it's $HOME \"data\""));
        functions = Files.createDirectories(place.resolve("the functions"));
        Files.writeString(data.resolve("secret"), "secret");
        Files.createDirectories(data.resolve("copies"));
        Files.writeString(data.resolve("copies/copy"), "copy");
        Files.writeString(functions.resolve("file"), "file");
    }

    private WorkerLaunch launch(String path) {
        return WorkerLaunch.of(Map.of("PATH", path, "TMPDIR", place.toString()))
                .in(new Bubblewrap(data, functions, new Spawner()));
    }

    private WorkerCommand confined(Isolation isolation, List<Path> needed, String... program)
            throws InterruptedException {
        return launch(System.getenv("PATH")).command(List.of(program), Map.of(), isolation, needed);
    }

    /** What a program says on descriptor 4. */
    private static String run(WorkerCommand command, Map<String, String> more) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command.command()).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        builder.environment().putAll(more);
        Process process = builder.start();
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            process.onExit().join();
        }
    }

    private static String shell(WorkerLaunch launch, List<Path> needed, String script)
            throws IOException, InterruptedException {
        return run(
                launch.command(
                        List.of("/bin/sh", "-c", "exec >&4; " + script, "sh"), Map.of(), Isolation.SANDBOX, needed),
                Map.of());
    }

    @Test
    void whatIsNeededIsReadableWhereverItLies() throws Exception {
        BubblewrapHere.assume();
        Path link = Files.createSymbolicLink(place.resolve("link"), data);
        String said = shell(
                launch(System.getenv("PATH")),
                List.of(link.resolve("copies"), place.resolve("there is none")),
                "cd '" + place + "'; cat link/copies/copy 'the functions/file'; ls it*; rm 'the functions/file' 2>&1;"
                        + " touch it*/x 2>&1; echo \"TMPDIR=$TMPDIR\"");
        assertThat(said)
                .startsWith("copyfilecopies\n")
                .contains("Read-only file system")
                .doesNotContain("secret")
                .endsWith("TMPDIR=\n");
        assertThat(functions.resolve("file")).exists();
    }

    @Test
    void aDataDirectoryInsideOfTheFunctionsDirectoryIsHiddenAllTheSame() throws Exception {
        BubblewrapHere.assume();
        WorkerLaunch launch = WorkerLaunch.ofSystem().in(new Bubblewrap(data, place, new Spawner()));
        assertThat(shell(launch, List.of(), "cat '" + functions + "/file'; ls -A '" + place + "'/it*"))
                .isEqualTo("file");
    }

    @Test
    void theCountOfOrdersIsShared() throws Exception {
        BubblewrapHere.assume();
        try (AcceptedOrders accepted = Objects.requireNonNull(AcceptedOrders.create())) {
            WorkerCommand command = confined(
                    Isolation.SANDBOX,
                    List.of(),
                    "/bin/sh",
                    "-c",
                    "printf '\\000\\000\\000\\000\\000\\000\\000\\007' | dd of=\"$MOTORPOOL_ACCEPTED\" conv=notrunc;"
                            + " echo done >&4");
            Map<String, String> variables = new HashMap<>();
            accepted.nameIn(variables);
            assertThat(run(command, variables)).isEqualTo("done\n");
            assertThat(accepted.count()).isEqualTo(7);
        }
    }

    /** The service may be killed: what it has started must not stay. */
    @Test
    void theWorkerEndsWithTheProcessThatHasStartedIt() throws Exception {
        BubblewrapHere.assume();
        String unique = "100" + System.nanoTime();
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\"; :", "sh"));
        command.addAll(confined(Isolation.SANDBOX, List.of(), "sleep", unique).command());
        Process parent = new ProcessBuilder(command).start();
        try {
            Eventually.within(PATIENCE, () -> assertThat(withArgument(unique)).contains("sleep"));
            assertThat(withArgument(unique)).contains("bwrap");
        } finally {
            parent.destroyForcibly();
        }
        Eventually.within(PATIENCE, () -> assertThat(withArgument(unique)).isEmpty());
    }

    @Test
    void theWorkersOwnProcessIsFound() throws Exception {
        BubblewrapHere.assume();
        WorkerCommand command =
                confined(Isolation.SANDBOX_WITHOUT_NETWORK, List.of(), "/bin/sh", "-c", "echo up >&4; exec sleep 1000");
        Process process = new ProcessBuilder(command.command()).start();
        try {
            assertThat(process.getInputStream().read()).isEqualTo('u');
            Eventually.within(PATIENCE, () -> assertThat(ProcessHandle.of(SandboxedProcess.of(process.pid()))
                            .flatMap(found -> found.info().command()))
                    .hasValueSatisfying(name -> assertThat(name).endsWith("sleep")));
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
        assertThat(SandboxedProcess.of(process.pid())).isEqualTo(process.pid());
    }

    @Test
    void theLauncherComesBeforeTheProgram() throws Exception {
        BubblewrapHere.assume();
        WorkerLaunch launch = launch(System.getenv("PATH")).through(List.of("env", "LAUNCHED=by it"));
        List<String> program = List.of("/bin/sh", "-c", "echo \"$LAUNCHED\" >&4");
        assertThat(run(launch.command(program, Map.of()), Map.of())).isEqualTo("by it\n");
        assertThat(run(launch.command(program, Map.of(), Isolation.SANDBOX, List.of()), Map.of()))
                .isEqualTo("by it\n");
    }

    @Test
    void withoutTheProgramTheReasonSaysWhatToInstall() throws Exception {
        Path empty = Files.createDirectory(place.resolve("empty"));
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(
                        () -> launch(empty.toString()).command(List.of("true"), Map.of(), Isolation.SANDBOX, List.of()))
                .withMessageContaining("install bubblewrap");
    }

    @Test
    void whereNamespacesAreForbiddenTheReasonSaysWhatToAllow() throws Exception {
        Path folder = Files.createDirectory(place.resolve("bin"));
        Path refusing = folder.resolve("bwrap");
        Files.writeString(
                refusing,
                "#!/bin/sh\necho 'bwrap: Creating new namespace failed: Operation not permitted' >&2\nexit 1\n");
        Files.setPosixFilePermissions(refusing, PosixFilePermissions.fromString("rwxr-xr-x"));
        WorkerLaunch launch = launch(folder + ":/usr/bin:/bin");
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> launch.command(List.of("true"), Map.of(), Isolation.SANDBOX, List.of()))
                    .withMessageContaining("Creating new namespace failed: Operation not permitted")
                    .withMessageContaining("allow user namespaces");
        }
        Files.writeString(refusing, "#!/bin/sh\n");
        // As soon as they are permitted, workers start again.
        assertThat(launch.command(List.of("true"), Map.of(), Isolation.SANDBOX, List.of())
                        .command())
                .endsWith("true");
    }

    private static String withArgument(String argument) {
        StringBuilder found = new StringBuilder();
        ProcessHandle.allProcesses()
                .filter(process -> List.of(process.info().arguments().orElse(new String[0]))
                        .contains(argument))
                .forEach(process ->
                        found.append(process.info().command().orElse("?")).append('\n'));
        return found.toString();
    }
}
