package dev.motorpool.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The processes that the benchmark has started; none outlives it. */
final class Children {

    private static final long END_SECONDS = 20;

    /** The running ones. Any thread adds and removes; the shutdown hook kills the rest. */
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Children::kill), "benchmark-ends-its-children"));
    }

    static Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        RUNNING.add(process);
        return process;
    }

    /** Ends it gracefully, and kills it if it does not end. */
    static void end(Process process) {
        try {
            process.destroy();
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                kill(process);
            }
        } catch (InterruptedException hurry) {
            kill(process);
            Thread.currentThread().interrupt();
        }
        RUNNING.remove(process);
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }

    /** A command on the JDK that this runs on. */
    static List<String> java(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        return command;
    }

    static String classPath() {
        return System.getProperty("java.class.path");
    }

    private Children() {}
}
