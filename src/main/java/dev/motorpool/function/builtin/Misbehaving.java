package dev.motorpool.function.builtin;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.Function;
import dev.motorpool.function.Param;
import dev.motorpool.function.Workload;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;

/** Functions that fail in every way a function can, for tests and demonstrations. Off unless configured. */
public final class Misbehaving {

    private static final int MEBIBYTE = 1 << 20;
    private static final int LINE = 128;
    /** Starts a program in a session of its own, prints its process id and leaves it. */
    private static final List<String> DAEMON =
            List.of("/bin/sh", "-c", "setsid /bin/sh -c 'setsid \"$@\" >/dev/null 2>&1 & echo $!' sh \"$@\"", "sh");

    @Function(description = "Throws an exception with this message.", workload = Workload.CPU)
    public static void raise(@Param(defaultValue = "\"raised on purpose\"") String message) {
        throw new IllegalStateException(message);
    }

    @Function(description = "Exits the worker process with this code.", workload = Workload.CPU)
    public static void exit(@Param(defaultValue = "1", minimum = "0", maximum = "255") int code) {
        System.exit(code);
    }

    @Function(
            description = "Kills the worker process by a signal that it sends to itself; 9 (SIGKILL) cannot be caught.",
            workload = Workload.CPU)
    public static void crash(@Param(defaultValue = "9", minimum = "1", maximum = "31") int signal)
            throws IOException, InterruptedException {
        String kill = "kill -" + signal + " " + ProcessHandle.current().pid();
        new ProcessBuilder("/bin/sh", "-c", kill)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start()
                .waitFor();
        hang(false);
    }

    @Function(description = "Never returns, and ignores interrupts.", workload = Workload.CPU)
    public static void hang(
            @Param(description = "Whether to keep the processor busy.", defaultValue = "false") boolean spin) {
        while (true) {
            if (spin) {
                Thread.onSpinWait();
            } else {
                waitOnce();
            }
        }
    }

    private static void waitOnce() {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            // Ignored: that is the point.
        }
    }

    @Function(
            description = "Prints a number of mebibytes to standard output and as many to standard error.",
            workload = Workload.CPU)
    public static void flood(@Param(defaultValue = "16", minimum = "0", maximum = "1024") int megabytes) {
        String line = "x".repeat(LINE - 1);
        for (long i = 0; i < (long) megabytes * (MEBIBYTE / LINE); i++) {
            System.out.println(line);
            System.err.println(line);
        }
        System.out.flush();
    }

    @Function(
            description =
                    "Prints this text to standard output, to standard error and from two threads of its own, tells"
                            + " that it is half done, waits for a number of seconds, prints once more, and exits the"
                            + " worker process if told to.",
            workload = Workload.IO)
    public static void print(
            @Param(defaultValue = "\"hello\"") String text,
            @Param(description = "How long to wait.", defaultValue = "0", minimum = "0", maximum = "3600")
                    double seconds,
            @Param(
                            description = "The code to exit with; -1: none.",
                            defaultValue = "-1",
                            minimum = "-1",
                            maximum = "255")
                    int exitCode,
            CallContext context)
            throws InterruptedException {
        System.out.println(text + " to standard output");
        System.err.println(text + " to standard error");
        Thread.ofPlatform()
                .start(() -> System.out.println(text + " from a thread"))
                .join();
        Thread.ofVirtual()
                .start(() -> System.out.println(text + " from a virtual thread"))
                .join();
        context.progress(1, 2, text);
        Thread.sleep((long) (seconds * 1000));
        System.out.println(text + " at last");
        if (exitCode >= 0) {
            System.exit(exitCode);
        }
    }

    @Function(
            description = "Allocates memory without end, a mebibyte at a time with a pause of a number of seconds.",
            workload = Workload.CPU)
    public static int allocate(@Param(defaultValue = "0", minimum = "0", maximum = "1") double pause)
            throws InterruptedException {
        List<byte[]> blocks = new ArrayList<>();
        while (!blocks.contains(null)) {
            blocks.add(new byte[MEBIBYTE]);
            if (pause > 0) {
                Thread.sleep((long) (pause * 1000));
            }
        }
        return blocks.size();
    }

    @Function(description = "Returns an object that has no JSON form.", workload = Workload.CPU)
    public static Object notJson() {
        return new Object();
    }

    @Function(description = "Returns a string of a number of bytes.", workload = Workload.CPU)
    public static String tooLarge(@Param(defaultValue = "16777217", minimum = "0", maximum = "1073741824") int bytes) {
        return "x".repeat(Math.max(0, bytes - 2));
    }

    @Function(
            description = "Starts a child process that sleeps 1000 seconds, and returns its process id.",
            workload = Workload.CPU)
    public static long spawnChild(
            @Param(
                            description = "Whether it leaves its parent, process group and session, as daemons do.",
                            defaultValue = "false")
                    boolean daemon,
            @Param(description = "Memory that it holds.", defaultValue = "0", minimum = "0", maximum = "1024")
                    int megabytes)
            throws IOException {
        String bytes = megabytes + "M";
        // What tail is to print it holds, as nobody reads it.
        List<String> program = megabytes == 0
                ? List.of("sleep", "1000")
                : List.of("/bin/sh", "-c", "head -c " + bytes + " /dev/zero | tail -c " + bytes + " | sleep 1000");
        List<String> command = new ArrayList<>(daemon ? DAEMON : List.of());
        command.addAll(program);
        Process child = new ProcessBuilder(command)
                .redirectOutput(daemon ? Redirect.PIPE : Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        if (!daemon) {
            return child.pid();
        }
        try (BufferedReader printed = child.inputReader()) {
            String pid = printed.readLine();
            if (pid == null) {
                throw new IOException("no daemon was started");
            }
            return Long.parseLong(pid);
        }
    }

    @Function(
            description =
                    "Returns \"well\" if told to behave well; else misbehaves as the function that is named: raise,"
                            + " exit, crash or hang. One bad item among good ones in a map.",
            workload = Workload.CPU)
    public static String behave(@Param(defaultValue = "\"well\"") String how) throws IOException, InterruptedException {
        switch (how) {
            case "well" -> {}
            case "raise" -> raise("raised on purpose");
            case "exit" -> exit(1);
            case "crash" -> crash(9);
            case "hang" -> hang(false);
            default -> throw new IllegalArgumentException("how must be well, raise, exit, crash or hang");
        }
        return how;
    }

    private Misbehaving() {}
}
