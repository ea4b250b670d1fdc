package dev.motorpool.pool.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The process that runs a confined worker's program. Outside of its namespaces, {@code bwrap} waits for it; inside,
 * another {@code bwrap} is its parent and the namespace's first process. Read from Linux' {@code /proc} (proc(5)).
 */
public final class SandboxedProcess {

    private static final String SANDBOX = "bwrap";
    /** More than any launcher before the sandbox and the sandbox itself have. */
    private static final int DEEPEST = 16;

    private SandboxedProcess() {}

    /** The worker's own process, once its program runs; {@code started} if it cannot be found. */
    public static long of(long started) {
        boolean inside = false;
        long pid = started;
        for (int depth = 0; depth < DEEPEST && pid > 0; depth++) {
            boolean sandbox = text(pid, "comm").strip().equals(SANDBOX);
            if (inside && !sandbox) {
                return pid;
            }
            inside = inside || sandbox;
            pid = firstChild(pid);
        }
        return started;
    }

    /** The oldest child; 0 if there is none. */
    private static long firstChild(long pid) {
        String children = text(pid, "task/" + pid + "/children").strip();
        return children.isEmpty() ? 0 : Long.parseLong(children.split(" ", 2)[0]);
    }

    private static String text(long pid, String file) {
        try {
            return new String(
                    Files.readAllBytes(Path.of("/proc", Long.toString(pid), file)), StandardCharsets.ISO_8859_1);
        } catch (IOException goneOrUnknown) {
            return "";
        }
    }
}
