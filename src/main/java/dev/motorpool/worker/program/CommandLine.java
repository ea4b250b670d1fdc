package dev.motorpool.worker.program;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The command that runs a program in a session of its own, with the string arguments of a call. */
final class CommandLine {

    /** The JVM writes arguments in the encoding of the locale, which may not have all characters. */
    private static final boolean UTF_8 = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));

    /** Linux allows a single argument no more bytes. */
    private static final int LONGEST = 128 * 1024 - 1;

    private static final @Nullable String SETSID = find("setsid");

    /**
     * The program and its arguments.
     *
     * @throws IllegalArgumentException if a string cannot be an argument
     */
    static List<String> of(Path program, RawJson args) {
        List<String> strings = strings(args);
        List<String> command = new ArrayList<>();
        if (hasSession()) {
            command.add(SETSID);
        }
        if (UTF_8 || strings.stream().allMatch(CommandLine::isAscii)) {
            command.add(program.toString());
            command.addAll(strings);
        } else {
            command.addAll(List.of("/bin/sh", "-c", script(strings), program.toString()));
        }
        return command;
    }

    /** Whether the process id of a program is also the id of its session. */
    static boolean hasSession() {
        return SETSID != null;
    }

    private static List<String> strings(RawJson args) {
        List<String> strings = new ArrayList<>();
        int index = 0;
        for (JsonCursor cursor = new JsonCursor(args); cursor.next(); index++) {
            if (cursor.value().kind() == JsonKind.STRING) {
                String text = JsonStrings.decode(cursor.value());
                if (text.indexOf('\0') >= 0) {
                    throw new IllegalArgumentException("The argument " + index
                            + " has a NUL character, which no argument of a program can have. Give it by name.");
                }
                if (text.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
                    throw new IllegalArgumentException("The argument " + index + " is longer than " + LONGEST
                            + " bytes, the most that an argument of a program can have. Give it by name.");
                }
                strings.add(text);
            }
        }
        return strings;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    /** Shell text that makes the arguments of their bytes. A substitution would lose newlines at the end: so the x. */
    private static String script(List<String> strings) {
        StringBuilder assignments = new StringBuilder();
        StringBuilder call = new StringBuilder("exec \"$0\"");
        for (int i = 0; i < strings.size(); i++) {
            assignments.append('a').append(i).append("=$(printf '");
            for (byte b : strings.get(i).getBytes(StandardCharsets.UTF_8)) {
                assignments.append('\\');
                String octal = Integer.toOctalString(b & 0xff);
                assignments.append("000", 0, 3 - octal.length()).append(octal);
            }
            assignments.append("x'); ");
            call.append(" \"${a").append(i).append("%x}\"");
        }
        return assignments.append(call).toString();
    }

    private static @Nullable String find(String program) {
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "/usr/bin:/bin" : path).split(File.pathSeparator, -1)) {
            Path candidate = Path.of(folder, program);
            if (candidate.isAbsolute() && Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        return null;
    }

    private CommandLine() {}
}
