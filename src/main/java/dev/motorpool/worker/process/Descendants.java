package dev.motorpool.worker.process;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Kills the processes that functions have started, and their descendants, even after they have left their parent. They
 * are recognized by the worker's session, and by the variable that the service gives each worker. The processes are
 * read from {@code /proc} if it exists. The JDK's API with streams takes a worker longer than its start, and all
 * classes that it needs would have to be in the AOT cache of every worker.
 */
public final class Descendants {

    private static final File PROC = new File("/proc");
    private static final int STAT_LENGTH = 512;

    /** A killed process takes some rounds to go. */
    private static final int MOST_ROUNDS = 100;

    private static final String MARK_VARIABLE = "MOTORPOOL_WORKER";

    /**
     * Kills descendants and the session. Processes that have left both are left to the service, which scans for them.
     */
    public static void kill() {
        String[] entries = PROC.list();
        long self = number(stat("self"), 0);
        if (entries == null || self == 0) {
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
            return;
        }
        List<long[]> childAndParent = new ArrayList<>();
        for (String entry : entries) {
            if (Character.isDigit(entry.charAt(0))) {
                byte[] stat = stat(entry);
                long pid = number(stat, 0);
                childAndParent.add(new long[] {pid, parent(stat)});
                if (session(stat) == self && pid != self) {
                    destroy(pid);
                }
            }
        }
        killChildren(self, childAndParent);
    }

    /** Kills processes that have left parent and session, too: the service that would kill them has gone. */
    public static void killAll() {
        kill();
        String mark = System.getenv(MARK_VARIABLE);
        if (mark != null) {
            killMarked(MARK_VARIABLE, mark);
        }
    }

    /** Kills all other processes that have this variable with this value, also those that they start meanwhile. */
    public static void killMarked(String variable, String value) {
        long self = number(stat("self"), 0);
        String mark = '\0' + variable + '=' + value + '\0';
        for (int round = 0; round < MOST_ROUNDS; round++) {
            String[] entries = PROC.list();
            boolean none = true;
            for (String entry : entries == null ? new String[0] : entries) {
                if (Character.isDigit(entry.charAt(0))
                        && Long.parseLong(entry) != self
                        && environment(entry).contains(mark)) {
                    none = false;
                    destroy(Long.parseLong(entry));
                }
            }
            if (none) {
                return;
            }
        }
    }

    /** Kills all processes of a session, also those that they start meanwhile. */
    public static void killSession(long session) {
        for (int round = 0; round < MOST_ROUNDS; round++) {
            String[] entries = PROC.list();
            boolean none = true;
            for (String entry : entries == null ? new String[0] : entries) {
                if (Character.isDigit(entry.charAt(0))) {
                    byte[] stat = stat(entry);
                    if (session(stat) == session && !isZombie(stat)) {
                        none = false;
                        destroy(number(stat, 0));
                    }
                }
            }
            if (none) {
                return;
            }
        }
    }

    private static String environment(String pid) {
        try (FileInputStream in = new FileInputStream(new File(new File(PROC, pid), "environ"))) {
            return '\0' + new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException goneOrForbidden) {
            return "";
        }
    }

    private static void destroy(long pid) {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isPresent()) {
            process.get().destroyForcibly();
        }
    }

    /** Parents first, so that no parent sees its child's end and starts another. */
    private static void killChildren(long parent, List<long[]> childAndParent) {
        for (long[] pair : childAndParent) {
            if (pair[1] == parent && pair[0] != 0) {
                destroy(pair[0]);
                killChildren(pair[0], childAndParent);
            }
        }
    }

    /** The beginning of {@code /proc/<pid>/stat}; zeros if it does not exist. */
    private static byte[] stat(String pid) {
        byte[] stat = new byte[STAT_LENGTH];
        try (FileInputStream in = new FileInputStream(new File(new File(PROC, pid), "stat"))) {
            in.read(stat);
        } catch (IOException gone) {
            return new byte[STAT_LENGTH];
        }
        return stat;
    }

    /** The fourth word; the second is a name in parentheses, which may contain any character. */
    private static long parent(byte[] stat) {
        int at = STAT_LENGTH - 1;
        while (at >= 0 && stat[at] != ')') {
            at--;
        }
        return number(stat, at + 4);
    }

    private static boolean isZombie(byte[] stat) {
        int at = STAT_LENGTH - 1;
        while (at >= 0 && stat[at] != ')') {
            at--;
        }
        return at >= 0 && at + 2 < STAT_LENGTH && stat[at + 2] == 'Z';
    }

    /** The sixth word. */
    private static long session(byte[] stat) {
        int at = STAT_LENGTH - 1;
        while (at >= 0 && stat[at] != ')') {
            at--;
        }
        at += 4;
        for (int words = 0; words < 2; words++) {
            while (at < STAT_LENGTH && stat[at] != ' ') {
                at++;
            }
            at++;
        }
        return number(stat, at);
    }

    private static long number(byte[] text, int from) {
        long number = 0;
        for (int at = from; at < text.length && text[at] >= '0' && text[at] <= '9'; at++) {
            number = number * 10 + text[at] - '0';
        }
        return number;
    }

    private Descendants() {}
}
