package dev.motorpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.RealWorkers;
import dev.motorpool.wire.Message;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class AcceptedOrdersTest {

    @TempDir
    Path folder;

    private static Path file(AcceptedOrders accepted) {
        Map<String, String> environment = new HashMap<>();
        accepted.nameIn(environment);
        return Path.of(Objects.requireNonNull(environment.get("MOTORPOOL_ACCEPTED")));
    }

    private AcceptedOrders create() {
        return Objects.requireNonNull(AcceptedOrders.create(folder));
    }

    @Test
    void keepsWhatWasStoredAndLeavesNoFile() throws Exception {
        AcceptedOrders accepted = create();
        Path file = file(accepted);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(accepted.count()).isZero();
        try (RandomAccessFile worker = new RandomAccessFile(file.toFile(), "rw")) {
            accepted.removeName();
            assertThat(folder).isEmptyDirectory();
            worker.writeLong(7);
        }
        assertThat(accepted.count()).isEqualTo(7);
        accepted.close();
        assertThat(accepted.count()).isEqualTo(7);
    }

    @Test
    void closingRemovesAFileThatNobodyHasOpened() {
        create().close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whereNoFileCanBeMadeThereIsNone() {
        assertThat(AcceptedOrders.create(folder.resolve("missing"))).isNull();
    }

    @Test
    void removesWhatServicesThatWereKilledHaveLeft() throws Exception {
        Path other = Files.createFile(folder.resolve("motorpool-of-another-kind"));
        try (AcceptedOrders young = create();
                AcceptedOrders old = create()) {
            for (Path path : new Path[] {other, file(old)}) {
                Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
            }
            AcceptedOrders.removeForgotten(folder);
            assertThat(folder).isDirectoryNotContaining("glob:" + file(old)).isDirectoryContaining("glob:" + other);
            assertThat(file(young)).exists();
        }
        AcceptedOrders.removeForgotten(folder.resolve("missing"));
    }

    /** The number is there before the call has ended, and after a kill of the worker. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void aWorkerStoresWhatItAcceptsAndRemovesTheFile(int slots) throws Exception {
        AcceptedOrders accepted = create();
        WorkerCommand command = RealWorkers.java().command(new WorkerShape(slots, false));
        try (WorkerUnderTest worker = new WorkerUnderTest(command, accepted)) {
            worker.receive(Message.Hello.class);
            assertThat(folder).isEmptyDirectory();
            worker.call(1, "echo", "[1]");
            worker.receive(Message.Result.class);
            assertThat(accepted.count()).isEqualTo(1);
            worker.call(2, "crash", "[]");
            worker.receiveEnd();
            assertThat(accepted.count()).isEqualTo(2);
            assertThat(worker.acceptedByMessage()).isZero();
        }
    }

    /** As in a sandbox with another file system, or where the service could make no file. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWorkerWithoutTheFileSendsWhatItAccepts(boolean named) throws Exception {
        AcceptedOrders accepted = create();
        accepted.removeName();
        WorkerCommand command = RealWorkers.java().command(new WorkerShape(1, false));
        try (WorkerUnderTest worker = new WorkerUnderTest(command, named ? accepted : null)) {
            worker.receive(Message.Hello.class);
            worker.call(1, "echo", "[1]");
            worker.receive(Message.Result.class);
            assertThat(worker.acceptedByMessage()).isEqualTo(1);
            assertThat(accepted.count()).isZero();
            assertThat(folder).isEmptyDirectory();
        } finally {
            accepted.close();
        }
    }
}
