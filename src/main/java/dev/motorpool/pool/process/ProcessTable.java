package dev.motorpool.pool.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A snapshot of the running processes, from Linux' {@code /proc} (proc(5)). On other systems only parents are known.
 * Immutable.
 */
public final class ProcessTable {

    private static final Path PROC = Path.of("/proc");
    /** Words of {@code stat} after the command's name. */
    private static final int STATE = 0;

    private static final int PARENT = 1;
    private static final int SESSION = 3;

    private final Set<Long> pids = new LinkedHashSet<>();
    private final Map<Long, List<Long>> children = new HashMap<>();
    private final Map<Long, List<Long>> sessions = new HashMap<>();

    private ProcessTable() {}

    public static ProcessTable read() {
        ProcessTable table = new ProcessTable();
        if (!Files.exists(PROC.resolve("self/stat"))) {
            ProcessHandle.allProcesses()
                    .forEach(each -> each.parent().ifPresent(parent -> table.add(each.pid(), parent.pid(), -1)));
            return table;
        }
        try (Stream<Path> entries = Files.list(PROC)) {
            entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> Character.isDigit(name.charAt(0)))
                    .forEach(name -> table.add(Long.parseLong(name)));
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
        return table;
    }

    private void add(long pid) {
        String[] words = stat(pid);
        if (words.length > SESSION && !hasEnded(words)) {
            add(pid, Long.parseLong(words[PARENT]), Long.parseLong(words[SESSION]));
        }
    }

    /** Whether a process has ended, and its parent has not seen that. */
    static boolean isZombie(long pid) {
        String[] words = stat(pid);
        return words.length > SESSION && hasEnded(words);
    }

    /** The words after the command's name; none if the process has gone. */
    private static String[] stat(long pid) {
        String stat = text(pid, "stat");
        int name = stat.lastIndexOf(") ");
        return name < 0 ? new String[0] : stat.substring(name + 2).split(" ", SESSION + 2);
    }

    private static boolean hasEnded(String[] words) {
        return words[STATE].equals("Z") || words[STATE].equals("X");
    }

    private void add(long pid, long parent, long session) {
        pids.add(pid);
        children.computeIfAbsent(parent, each -> new ArrayList<>()).add(pid);
        sessions.computeIfAbsent(session, each -> new ArrayList<>()).add(pid);
    }

    /** Whether the process runs, and is no zombie. */
    public boolean contains(long pid) {
        return pids.contains(pid);
    }

    /** The descendants of the process, the members of its session, and their descendants; not the process itself. */
    public Set<Long> family(long pid) {
        Set<Long> found = new LinkedHashSet<>(sessions.getOrDefault(pid, List.of()));
        found.addAll(children.getOrDefault(pid, List.of()));
        addDescendants(found);
        found.remove(pid);
        return found;
    }

    /** Adds the descendants of these processes to the set. */
    void addDescendants(Set<Long> found) {
        List<Long> open = new ArrayList<>(found);
        for (int i = 0; i < open.size(); i++) {
            for (Long child : children.getOrDefault(open.get(i), List.of())) {
                if (found.add(child)) {
                    open.add(child);
                }
            }
        }
    }

    /** Processes by their value of this variable, as far as their environment is readable. */
    Map<String, Set<Long>> byVariable(String variable) {
        String start = variable + "=";
        Map<String, Set<Long>> found = new HashMap<>();
        for (Long pid : pids) {
            String environment = "\0" + text(pid, "environ");
            int at = environment.indexOf("\0" + start);
            if (at >= 0) {
                int value = at + 1 + start.length();
                int end = environment.indexOf('\0', value);
                found.computeIfAbsent(
                                environment.substring(value, end < 0 ? environment.length() : end),
                                each -> new LinkedHashSet<>())
                        .add(pid);
            }
        }
        return found;
    }

    private static String text(long pid, String file) {
        try {
            return new String(
                    Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve(file)), StandardCharsets.ISO_8859_1);
        } catch (IOException goneOrForbidden) {
            return "";
        }
    }
}
