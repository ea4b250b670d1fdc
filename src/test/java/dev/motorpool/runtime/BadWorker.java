package dev.motorpool.runtime;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A worker program that does one thing wrong, given as its argument; else it answers each call with {@code 1}. It knows
 * the protocol only from docs/protocol.md: it needs nothing but the JDK, so that it shares no mistake with the service.
 */
public final class BadWorker {

    private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");
    private static final int EXIT_CODE = 7;

    private final String mode;
    private final DataInputStream in;
    private final FileOutputStream out;

    private BadWorker(String mode) throws IOException {
        this.mode = mode;
        this.in = new DataInputStream(new FileInputStream("/dev/fd/3"));
        this.out = new FileOutputStream("/dev/fd/4");
    }

    /**
     * The command for a runtime whose workers behave like this:
     *
     * <ul>
     *   <li>{@code good}: nothing is wrong
     *   <li>at the start: {@code exits-at-start} (code 3, a message on standard error), {@code silent}, {@code slow-hello}
     *       (after 1.5 s), {@code wrong-version}, {@code result-first}, {@code garbage-first}, {@code text-first}
     *   <li>at a call: {@code dies} (code 7), {@code killed} (by SIGKILL of its own), {@code half-frame} (then exits),
     *       {@code half-frame-hangs}, {@code garbage}, {@code not-json}, {@code not-utf8}, {@code duplicate-member},
     *       {@code unknown-type}, {@code order} (sends a call itself), {@code too-long}, {@code zero-length},
     *       {@code unknown-call} (answers one that nobody made), {@code twice} (answers it twice), {@code hello-again},
     *       {@code drops} (says that the running call is dropped), {@code babbles} (progress without end),
     *       {@code never-answers}, {@code tells-of-others} (of calls that it does not have, and of its own)
     *   <li>at a call, besides its own death: {@code dies-with-child} (one that holds the pipes too), {@code
     *       dies-with-outsider} (one that has left the process group, for 10 s), {@code leaves-and-stays} (says that it exits)
     *   <li>against what its hello says: {@code deaf} (answers calls and no ping), {@code accepts-nothing} (exits at a
     *       call with code 7, and never says that it accepts one)
     *   <li>about its end: {@code ignores-stop} (and SIGTERM, and the end of its orders), {@code never-reads}
     * </ul>
     */
    public static List<String> command(String mode) {
        Path classes = Path.of(BadWorker.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        List<String> command = new ArrayList<>();
        if (mode.equals("ignores-stop")) {
            // A JVM with -Xrs leaves the signal ignored, as this shell hands it on.
            command.addAll(List.of("/bin/sh", "-c", "trap '' TERM; exec \"$0\" \"$@\""));
        }
        if (mode.equals("dies-with-child")) {
            command.addAll(List.of("/bin/sh", "-c", "sleep 300 & exec \"$0\" \"$@\""));
        } else if (mode.equals("dies-with-outsider")) {
            command.addAll(List.of("/bin/sh", "-c", "setsid sleep 10 & exec \"$0\" \"$@\""));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-Xrs"));
        command.addAll(List.of("-cp", classes.toString(), BadWorker.class.getName(), mode));
        return List.copyOf(command);
    }

    public static void main(String[] arguments) throws IOException {
        new BadWorker(arguments[0]).work();
    }

    private void work() throws IOException {
        switch (mode) {
            case "exits-at-start" -> {
                System.err.println("no licence found");
                Runtime.getRuntime().halt(3);
            }
            case "silent" -> waitForever();
            case "slow-hello" -> pause(1500);
            case "result-first" -> result("1");
            case "garbage-first" -> out.write(new byte[] {(byte) 0xde, (byte) 0xad, (byte) 0xbe, (byte) 0xef});
            case "text-first" -> out.write(utf8("Welcome to the worker!\n"));
            default -> {}
        }
        String features =
                switch (mode) {
                    case "deaf" -> "\"ping\"";
                    case "accepts-nothing" -> "\"accepted\",\"of the future\"";
                    default -> "";
                };
        send("{\"type\":\"hello\",\"version\":" + (mode.equals("wrong-version") ? 99 : 2)
                + ",\"functions\":[],\"features\":[" + features + "]}");
        if (mode.equals("never-reads")) {
            waitForever();
        }
        try {
            while (true) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                String order = new String(frame, StandardCharsets.UTF_8);
                if (order.contains("\"type\":\"call\"")) {
                    Matcher id = ID.matcher(order);
                    answer(id.find() ? id.group(1) : "0");
                } else if (order.contains("\"type\":\"drop\"")) {
                    send("{\"type\":\"dropped\",\"ids\":[]}");
                } else if (order.contains("\"type\":\"stop\"") && !mode.equals("ignores-stop")) {
                    Runtime.getRuntime().halt(0);
                }
            }
        } catch (EOFException end) {
            if (mode.equals("ignores-stop")) {
                waitForever();
            }
        }
    }

    private void answer(String id) throws IOException {
        switch (mode) {
            case "leaves-and-stays" -> {
                send("{\"type\":\"leaving\"}");
                waitForever();
            }
            case "dies", "accepts-nothing", "dies-with-child", "dies-with-outsider" ->
                Runtime.getRuntime().halt(EXIT_CODE);
            case "killed" -> {
                new ProcessBuilder("/bin/sh", "-c", "kill -9 $PPID").start();
                waitForever();
            }
            case "half-frame" -> {
                sendHalf(id);
                Runtime.getRuntime().halt(0);
            }
            case "half-frame-hangs" -> {
                sendHalf(id);
                waitForever();
            }
            case "garbage" -> out.write(utf8("java.lang.Exception: printed to the wrong place\n"));
            case "not-json" -> send("{\"type\":\"result\",\"id\":" + id + ",\"nanos\":1,\"value\":undefined}");
            case "not-utf8" -> send(new byte[] {'{', '"', (byte) 0xc0, (byte) 0xaf, '"', ':', '1', '}'});
            case "duplicate-member" -> result(id + ",\"id\":" + id);
            case "unknown-type" -> send("{\"type\":\"success\",\"id\":" + id + "}");
            case "order" -> send("{\"type\":\"call\",\"id\":1,\"attempt\":1,\"function\":\"f\"}");
            case "too-long" -> out.write(new byte[] {0x7f, -1, -1, -1, '{'});
            case "zero-length" -> out.write(new byte[4]);
            case "unknown-call" -> result("9" + id);
            case "twice" -> {
                result(id);
                result(id);
            }
            case "hello-again" -> send("{\"type\":\"hello\",\"version\":2,\"functions\":[]}");
            case "drops" -> send("{\"type\":\"dropped\",\"ids\":[" + id + "]}");
            case "babbles" -> {
                while (true) {
                    send("{\"type\":\"progress\",\"id\":" + id + ",\"done\":1,\"total\":2,\"message\":\"more\"}");
                }
            }
            case "tells-of-others" -> {
                for (String each : List.of("9" + id, id)) {
                    String text = each.equals(id) ? "mine" : "another's";
                    send("{\"type\":\"output\",\"id\":" + each + ",\"text\":\"" + text + "\"}");
                    send("{\"type\":\"progress\",\"id\":" + each + ",\"done\":1,\"total\":2,\"message\":\"" + text
                            + "\"}");
                }
                result(id);
            }
            case "never-answers" -> {}
            default -> result(id);
        }
    }

    private void result(String id) throws IOException {
        send("{\"type\":\"result\",\"id\":" + id + ",\"nanos\":1000,\"value\":1}");
    }

    private void sendHalf(String id) throws IOException {
        byte[] frame = utf8("{\"type\":\"result\",\"id\":" + id + ",\"nanos\":1000,\"value\":1}");
        out.write(ByteBuffer.allocate(4 + frame.length / 2)
                .putInt(frame.length)
                .put(frame, 0, frame.length / 2)
                .array());
    }

    private void send(String json) throws IOException {
        send(utf8(json));
    }

    private void send(byte[] frame) throws IOException {
        out.write(ByteBuffer.allocate(4 + frame.length)
                .putInt(frame.length)
                .put(frame)
                .array());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void waitForever() {
        while (true) {
            pause(Long.MAX_VALUE);
        }
    }

    /** A worker that is late or hangs, on purpose. */
    private static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException ignored) {
            // Nobody interrupts this thread.
        }
    }
}
