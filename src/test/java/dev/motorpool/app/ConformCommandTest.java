package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.ServiceProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The command that tests workers of any language. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class ConformCommandTest {

    @Test
    void aWrongCommandLineIsRefused() throws Exception {
        try (ServiceProcess command = ServiceProcess.command("conform", "--calls=some", "--", "x")) {
            assertThat(command.awaitEnd()).as(command.output()).isEqualTo(2);
            assertThat(command.output())
                    .contains("--calls must be a number from 1000, not some.")
                    .contains("Usage: conform [OPTION...] -- COMMAND [ARG...]");
        }
    }

    @Test
    void whatIsNoWorkerFailsAtOnce() throws Exception {
        try (ServiceProcess command =
                ServiceProcess.command("conform", "--", "/bin/sh", "-c", "echo no licence; exit 3")) {
            assertThat(command.awaitEnd()).isEqualTo(1);
            assertThat(command.output())
                    .contains("TAP version 14", "not ok 1 - P23 hello", "exited with code 3", "printed: \"no licence\"")
                    .contains("Bail out! ");
        }
    }

    @Test
    void itsOutputIsNothingButResults() throws Exception {
        String worker = "echo printed >&2; printf"
                + " '\\0\\0\\0\\71{\"type\":\"hello\",\"version\":2,\"functions\":[],\"features\":[]}' >&4; cat"
                + " <&3 >/dev/null";
        try (ServiceProcess command =
                ServiceProcess.command("conform", "--only=P1,P23,P25", "--", "/bin/sh", "-c", worker)) {
            assertThat(command.awaitEnd()).as(command.output()).isZero();
            assertThat(command.output().lines())
                    .containsExactly(
                            "TAP version 14",
                            "1..3",
                            "ok 1 - P23 hello is the first message, and comes within the start time",
                            "ok 2 - P1 the worker ends at the end of its orders",
                            "ok 3 - P25 hello has the version of the protocol");
        }
    }
}
