package dev.motorpool.worker;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The processes that functions have started, and those that these have. Read from {@code /proc} where there is one: the
 * way of the JDK, with streams, takes a worker longer than its start, and all classes that it needs would have to be
 * in the AOT cache of every worker.
 */
final class Descendants {

    private static final File PROC = new File("/proc");
    private static final int STAT_LENGTH = 512;

    static void kill() {
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
                childAndParent.add(new long[] {number(stat, 0), parent(stat)});
            }
        }
        killChildren(self, childAndParent);
    }

    /** Parents first, so that none can see its child's end and start another. */
    private static void killChildren(long parent, List<long[]> childAndParent) {
        for (long[] pair : childAndParent) {
            if (pair[1] == parent && pair[0] != 0) {
                Optional<ProcessHandle> child = ProcessHandle.of(pair[0]);
                if (child.isPresent()) {
                    child.get().destroyForcibly();
                }
                killChildren(pair[0], childAndParent);
            }
        }
    }

    /** The beginning of {@code /proc/<pid>/stat}; zeros if there is none (any more). */
    private static byte[] stat(String pid) {
        byte[] stat = new byte[STAT_LENGTH];
        try (FileInputStream in = new FileInputStream(new File(new File(PROC, pid), "stat"))) {
            in.read(stat);
        } catch (IOException gone) {
            return new byte[STAT_LENGTH];
        }
        return stat;
    }

    /** The fourth word; the second is a name in parentheses, which may hold anything. */
    private static long parent(byte[] stat) {
        int at = STAT_LENGTH - 1;
        while (at >= 0 && stat[at] != ')') {
            at--;
        }
        return number(stat, at + 4);
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
