package dev.motorpool.runtime;

import dev.motorpool.json.RawJson;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes an AOT cache: runs a worker through what every worker does in its first moments, and lets its JVM record on
 * exit which classes that took.
 */
final class AotTraining {

    private static final int SECONDS = 60;
    private static final int FRAME_LIMIT = 1024 * 1024;
    private static final int WORDS_KEPT = 400;
    /** What it printed is all there once it has ended; unless something that it started still has its output. */
    private static final int WORDS_SECONDS = 2;

    /** Calls that every registry answers with a result or an error. */
    private static final List<Message.Call> CALLS = List.of(
            call(1, "echo", "[{\"a\":[1,2.5,\"text\",null,true]}]"),
            call(2, "fib", "[15]"),
            call(3, "sleep", "[0.001]"),
            call(4, "count", "[1000]"),
            call(5, "mine", "[\"data\",1]"),
            call(6, "fib", "[-1]"),
            call(7, "there is no such function", "[]"),
            new Message.Call(8, 1, "echo", RawJson.of("[null]"), RawJson.EMPTY_OBJECT, true));

    /**
     * Makes the cache in {@code target}.
     *
     * @throws IOException if there is none after a bounded time, saying why
     */
    static void run(WorkerLaunch launch, Spawner spawner, Path java, Path jar, Path target)
            throws IOException, InterruptedException {
        List<String> program = new ArrayList<>();
        program.add(java.toString());
        program.addAll(JvmFlags.COMMON);
        program.addAll(JvmFlags.of(new WorkerShape(1, false), null));
        program.add("-XX:AOTCacheOutput=" + target);
        program.addAll(JavaRuntime.program(jar, false));
        WorkerCommand command = launch.command(program, Map.of());
        ProcessBuilder builder = new ProcessBuilder(command.command());
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        try (AcceptedOrders accepted = AcceptedOrders.create()) {
            if (accepted != null) {
                accepted.nameIn(builder.environment());
            }
            run(spawner, builder, target);
        }
    }

    private static void run(Spawner spawner, ProcessBuilder builder, Path target)
            throws IOException, InterruptedException {
        Process process = spawner.start(builder);
        try {
            Future<?> limit = CompletableFuture.runAsync(
                    () -> kill(process), CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS));
            CompletableFuture<String> words =
                    CompletableFuture.supplyAsync(() -> words(process.getErrorStream()), task -> Thread.ofPlatform()
                            .daemon()
                            .name("motorpool-aot-output")
                            .start(task));
            String fault = converse(process);
            int code = process.waitFor();
            limit.cancel(false);
            kill(process);
            if (code != 0 || fault != null || !Files.exists(target)) {
                throw new IOException(
                        "the training run ended with code " + code + (fault == null ? "" : ", " + fault) + ": "
                                + words.completeOnTimeout("", WORDS_SECONDS, TimeUnit.SECONDS)
                                        .join());
            }
        } finally {
            kill(process);
        }
    }

    /** Removes what a training run that was cut short may have left. */
    static void removeRemains(Path target) {
        for (String suffix : List.of("", ".config")) {
            try {
                Files.deleteIfExists(target.resolveSibling(target.getFileName() + suffix));
            } catch (IOException left) {
                // The next run writes over it.
            }
        }
    }

    /** Leads a worker's first conversation; answers what went wrong, or null. */
    private static @Nullable String converse(Process process) {
        try (OutputStream out = process.getOutputStream();
                InputStream in = process.getInputStream()) {
            FrameCodec.Reader reports = new FrameCodec.Reader(in, FRAME_LIMIT);
            FrameCodec.GrowingBuffer buffer = new FrameCodec.GrowingBuffer();
            reports.read();
            for (Message.Call call : CALLS) {
                FrameCodec.encode(call, buffer);
                buffer.drainTo(out);
                out.flush();
                reports.read();
            }
            FrameCodec.encode(new Message.Drop(List.of(9L)), buffer);
            FrameCodec.encode(new Message.Cancel(9), buffer);
            FrameCodec.encode(new Message.Ping(), buffer);
            FrameCodec.encode(new Message.Stop(), buffer);
            buffer.drainTo(out);
            out.flush();
            while (reports.read() != null) {
                // To its end.
            }
            return null;
        } catch (IOException broken) {
            return broken.getMessage();
        }
    }

    private static Message.Call call(long id, String function, String args) {
        return new Message.Call(id, 1, function, RawJson.of(args), RawJson.EMPTY_OBJECT, false);
    }

    /** Reads all, and keeps the end. */
    private static String words(InputStream from) {
        try (from) {
            String text = new String(from.readAllBytes(), StandardCharsets.UTF_8).strip();
            return text.substring(Math.max(0, text.length() - WORDS_KEPT));
        } catch (IOException ended) {
            return "";
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }

    private AotTraining() {}
}
