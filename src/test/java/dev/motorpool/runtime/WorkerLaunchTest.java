package dev.motorpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("service")
class WorkerLaunchTest {

    /** Says what it got: its input, its session, and on descriptor 4 what came on 3. */
    private static final List<String> PROGRAM = List.of(
            "/bin/sh",
            "-c",
            "echo printed; echo \"input: $(cat)\"; read line <&3; echo \"protocol: $line\" >&4;"
                    + " echo \"session: $(ps -o sid= -p $$) of $$\"; env",
            "two words");

    private static String[] run(WorkerLaunch launch) throws IOException {
        WorkerCommand command = launch.command(PROGRAM, Map.of("EXTRA", "value"));
        ProcessBuilder builder = new ProcessBuilder(command.command());
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        Process process = builder.start();
        try (var in = process.getInputStream();
                var error = process.getErrorStream();
                var out = process.getOutputStream()) {
            out.write("order\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            return new String[] {
                new String(in.readAllBytes(), StandardCharsets.UTF_8),
                new String(error.readAllBytes(), StandardCharsets.UTF_8),
                Long.toString(process.pid())
            };
        } finally {
            process.onExit().join();
        }
    }

    @Test
    void theProtocolIsOnDescriptorsOfItsOwn() throws IOException {
        String[] said = run(WorkerLaunch.ofSystem());
        assertThat(said[0]).isEqualTo("protocol: order\n");
        assertThat(said[1]).startsWith("printed\ninput: \n");
        assertThat(said[1]).containsPattern("session: *" + said[2] + " of " + said[2]);
    }

    @Test
    void itWorksWithoutSetsid(@TempDir Path empty) throws IOException {
        WorkerLaunch launch = WorkerLaunch.of(Map.of("PATH", empty + "::relative"));
        assertThat(launch.command(List.of("x"), Map.of()).command()).hasSize(4).endsWith("x");
        assertThat(run(launch)[0]).isEqualTo("protocol: order\n");
    }

    @Test
    void theEnvironmentIsClean() throws IOException {
        WorkerLaunch launch = WorkerLaunch.of(Map.of(
                "PATH",
                "/usr/bin:/bin",
                "HOME",
                "/home/x",
                "LC_ALL",
                "C",
                "DATABASE_PASSWORD",
                "secret",
                "JAVA_OPTS",
                "x"));
        assertThat(launch.command(PROGRAM, Map.of("EXTRA", "value")).environment())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("PATH", "/usr/bin:/bin", "HOME", "/home/x", "LC_ALL", "C", "EXTRA", "value"));
        assertThat(run(launch)[1]).contains("EXTRA=value").doesNotContain("secret");
    }
}
