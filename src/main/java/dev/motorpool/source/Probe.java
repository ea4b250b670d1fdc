package dev.motorpool.source;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.process.ExitStatus;
import dev.motorpool.pool.process.WorkerLink;
import dev.motorpool.runtime.WorkerCommand;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Loads sources in a process of their runtime, to see what they hold, and whether they let the process live. */
final class Probe {

    private static final long LOOK_MILLIS = 50;
    /** How long a killed process may take to be reported as ended. */
    private static final long END_SECONDS = 10;

    private static final int MOST_WORDS = 1_000;

    private final WorkerLink.Factory links;
    private final Duration limit;
    private long count;

    /**
     * @param links start the processes
     * @param limit how long each source may take to load
     */
    Probe(WorkerLink.Factory links, Duration limit) {
        this.links = links;
        this.limit = limit;
    }

    /** The result of a probe. */
    sealed interface Result {}

    /**
     * The sources were loaded, or have failed by themselves.
     *
     * @param functions an array, as a worker announces it
     * @param sources an array, as a worker announces it
     * @param words the end of what was printed meanwhile
     * @param forks whether a process that has loaded them can fork
     */
    record Loaded(RawJson functions, RawJson sources, String words, boolean forks) implements Result {}

    /**
     * The process has ended, or had to be ended, before it could tell.
     *
     * @param source the one that was being loaded; null if there was none yet
     * @param reason a sentence
     */
    record Died(@Nullable String source, String reason) implements Result {}

    /**
     * Runs a process. Waits until it has ended.
     *
     * @param names of the sources that it loads
     */
    Result run(String runtime, Set<String> names, WorkerCommand command) throws InterruptedException {
        Watch watch = new Watch(names);
        WorkerLink link = links.link("probe-" + runtime + "-" + ++count, () -> command, watch);
        link.start();
        try {
            while (!watch.tooLong(limit)) {
                try {
                    return watch.result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException notYet) {
                    // looks again
                }
            }
            link.kill();
            if (watch.result.get(END_SECONDS, TimeUnit.SECONDS) instanceof Loaded loaded) {
                return loaded; // only its exit takes too long
            }
        } catch (InterruptedException stop) {
            link.kill();
            throw stop;
        } catch (ExecutionException | TimeoutException impossible) {
            // It was killed, and is told as what it was killed for.
        }
        return new Died(watch.loading, "it had not been loaded after " + limit.toSeconds() + " s");
    }

    /** Listens to one process. */
    private static final class Watch implements WorkerLink.Listener {

        final CompletableFuture<Result> result = new CompletableFuture<>();

        /** Written by the thread that reads the reports. */
        volatile @Nullable String loading;

        /** When the last step began. Written by the thread that reads the reports. */
        private volatile long stepNanos = System.nanoTime();

        /** Owned by the thread that reads the reports. */
        private Message.@Nullable Hello hello;

        /** Sources that have not begun to load. Owned by the thread that reads the reports. */
        private final Set<String> left;

        Watch(Set<String> names) {
            left = new HashSet<>(names);
        }

        boolean tooLong(Duration limit) {
            return System.nanoTime() - stepNanos > limit.toNanos();
        }

        @Override
        public void spawned(ProcessHandle process) {}

        @Override
        public void received(List<Message.Report> reports) {
            for (Message.Report report : reports) {
                if (report instanceof Message.Loading(String source)) {
                    if (left.remove(source)) {
                        loading = source;
                        stepNanos = System.nanoTime();
                    }
                } else if (report instanceof Message.Hello said) {
                    hello = said;
                }
            }
        }

        @Override
        public void closing() {}

        @Override
        public void ended(ExitStatus status, @Nullable String fault, String lastWords) {
            String words =
                    lastWords.length() <= MOST_WORDS ? lastWords : lastWords.substring(lastWords.length() - MOST_WORDS);
            Message.Hello said = hello;
            if (said == null) {
                String how = fault == null ? "the process " + status.sentence() : "the process " + fault;
                result.complete(new Died(loading, words.isBlank() ? how : how + "; it said: " + words.strip()));
            } else if (said.version() != FrameCodec.VERSION) {
                result.complete(new Died(
                        null,
                        "the worker speaks version " + said.version() + " of the protocol, not " + FrameCodec.VERSION));
            } else {
                result.complete(new Loaded(
                        said.functions(), said.sources(), words, said.features().contains(Message.Hello.FORK)));
            }
        }
    }
}
