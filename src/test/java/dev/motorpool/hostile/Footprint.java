package dev.motorpool.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Resources of the service.
 *
 * @param heap bytes of all reachable objects
 * @param descriptors open files, sockets and pipes
 * @param threads platform threads of its process
 * @param processes its descendants
 */
record Footprint(long heap, long descriptors, long threads, long processes) {

    /** Caches of the HTTP server and of the store, which are bounded and fill once. */
    private static final long HEAP_ROOM = 16L << 20;

    /** Connections of the store and threads of the JVM that come and go. */
    private static final long ROOM = 24;

    static Footprint of(Attacked service) throws IOException {
        return new Footprint(
                liveBytes(service.pid()), descriptors(service.pid()), threads(service.pid()), processes(service.pid()));
    }

    /** Waits until the service holds no more than at this time. */
    void awaitAgain(Attacked service, Duration limit) {
        Eventually.within(limit, () -> {
            service.assertStands();
            try {
                assertThat(descriptors(service.pid())).as("open files").isLessThanOrEqualTo(descriptors + ROOM);
                assertThat(threads(service.pid())).as("threads").isLessThanOrEqualTo(threads + ROOM);
                assertThat(processes(service.pid()))
                        .as("processes: %s", commands(service.pid()))
                        .isLessThanOrEqualTo(processes);
                assertThat(liveBytes(service.pid())).as("heap").isLessThanOrEqualTo(heap + HEAP_ROOM);
            } catch (IOException goneMeanwhile) {
                throw new AssertionError(goneMeanwhile);
            }
        });
    }

    static long descriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        }
    }

    static long threads(long pid) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return tasks.count();
        }
    }

    static long processes(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .count();
    }

    /** The command lines of its descendants. */
    private static List<String> commands(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .map(process ->
                        process.pid() + " " + process.info().commandLine().orElse("(no command line)"))
                .toList();
    }

    /**
     * Live bytes after a garbage collection, which the count triggers. Uses the attach API as {@code jcmd} does,
     * without a JVM start for each query.
     */
    private static long liveBytes(long pid) throws IOException {
        Path socket = Path.of("/tmp/.java_pid" + pid);
        if (!Files.exists(socket)) {
            try {
                VirtualMachine.attach(Long.toString(pid)).detach(); // the JVM opens its socket for the first client
            } catch (AttachNotSupportedException e) {
                throw new IOException(e);
            }
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap("1\0jcmd\0GC.class_histogram\0\0\0".getBytes(StandardCharsets.US_ASCII)));
            List<String> lines = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .lines()
                    .toList();
            String[] total = lines.getLast().strip().split(" +", -1);
            assertThat(total[0]).as("%s", lines).isEqualTo("Total");
            return Long.parseLong(total[2]);
        }
    }
}
