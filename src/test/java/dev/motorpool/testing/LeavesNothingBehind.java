package dev.motorpool.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Checks after every test that no child process, thread of ours, pipe or socket was leaked. */
public final class LeavesNothingBehind implements BeforeEachCallback, AfterEachCallback {

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    static {
        // The JVM keeps a marker socket after the first close of a socket: create it before counting.
        try (SocketChannel first = SocketChannel.open()) {
            first.configureBlocking(false);
        } catch (IOException noSockets) {
            throw new UncheckedIOException(noSockets);
        }
    }

    private record Holdings(Set<Long> children, Set<String> threads, Set<String> descriptors) {

        static Holdings now() {
            return new Holdings(
                    ProcessHandle.current()
                            .descendants()
                            .map(ProcessHandle::pid)
                            .collect(Collectors.toSet()),
                    Thread.getAllStackTraces().keySet().stream()
                            .map(Thread::getName)
                            .filter(name -> name.startsWith("motorpool-"))
                            .collect(Collectors.toCollection(TreeSet::new)),
                    pipesAndSockets());
        }

        private static Set<String> pipesAndSockets() {
            try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                return open.map(LeavesNothingBehind::target)
                        .filter(target -> target.startsWith("pipe:") || target.startsWith("socket:"))
                        .collect(Collectors.toCollection(TreeSet::new));
            } catch (IOException noSuchSystem) {
                return Set.of();
            }
        }

        List<String> beyond(Holdings before) {
            List<String> more = new java.util.ArrayList<>();
            children.stream().filter(pid -> !before.children.contains(pid)).forEach(pid -> more.add("process " + pid));
            threads.stream().filter(name -> !before.threads.contains(name)).forEach(name -> more.add("thread " + name));
            if (descriptors.size() > before.descriptors.size()) {
                descriptors.stream()
                        .filter(target -> !before.descriptors.contains(target))
                        .forEach(more::add);
            }
            return more;
        }
    }

    private Holdings before = Holdings.now();

    @Override
    public void beforeEach(ExtensionContext context) {
        before = Holdings.now();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Eventually.within(PATIENCE, () -> assertThat(Holdings.now().beyond(before))
                .as("left behind by %s", context.getDisplayName())
                .isEmpty());
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
