package dev.motorpool.hostile;

import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A control group that limits threads and processes of a process and its descendants. Requires root. */
final class PidLimit implements AutoCloseable {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Path group;
    private final Path parent;

    private PidLimit(Path parent, Path group) {
        this.parent = parent;
        this.group = group;
    }

    /** Null if this machine does not permit it. */
    static @Nullable PidLimit around(ProcessHandle process) {
        String name = "motorpool-test-" + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet();
        for (Path parent : List.of(Path.of("/sys/fs/cgroup/pids"), Path.of("/sys/fs/cgroup"))) {
            Path group = parent.resolve(name);
            try {
                if (Files.exists(parent.resolve("cgroup.subtree_control"))) {
                    Files.writeString(parent.resolve("cgroup.subtree_control"), "+pids");
                }
                Files.createDirectory(group);
                PidLimit limit = new PidLimit(parent, group);
                if (Files.exists(group.resolve("pids.max"))) {
                    limit.move(process, group);
                    return limit;
                }
                limit.close();
            } catch (IOException notHere) {
                // perhaps with the next one
            }
        }
        return null;
    }

    private void move(ProcessHandle process, Path to) throws IOException {
        Files.writeString(to.resolve("cgroup.procs"), Long.toString(process.pid()));
        for (ProcessHandle child : process.descendants().toList()) {
            Files.writeString(to.resolve("cgroup.procs"), Long.toString(child.pid()));
        }
    }

    /** Permits this many more threads from now on, over all processes. */
    void leave(int more) throws IOException {
        long now =
                Long.parseLong(Files.readString(group.resolve("pids.current")).strip());
        Files.writeString(group.resolve("pids.max"), Long.toString(now + more));
    }

    void lift() throws IOException {
        Files.writeString(group.resolve("pids.max"), "max");
    }

    /** How often the system has refused one. */
    long refusals() throws IOException {
        return Files.readAllLines(group.resolve("pids.events")).stream()
                .filter(line -> line.startsWith("max "))
                .mapToLong(line -> Long.parseLong(line.substring("max ".length())))
                .findFirst()
                .orElseThrow();
    }

    /** The system removes a group only when it is empty; its processes may end at any time. */
    @Override
    public void close() {
        Eventually.until(Duration.ofSeconds(20), () -> {
            for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
                Files.writeString(parent.resolve("cgroup.procs"), pid);
            }
            Files.delete(group);
            return group;
        });
    }
}
