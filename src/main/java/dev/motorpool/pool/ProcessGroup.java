package dev.motorpool.pool;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Kills a worker and everything it started. A worker leads a process group of its own, so one {@code kill(2)} reaches
 * all of the group at once, also those whose parent has died; Java itself can only signal single processes.
 */
@SuppressWarnings("restricted") // the one native call; the manifest and the documented commands enable it
final class ProcessGroup {

    private static final int SIGKILL = 9;

    private static final MethodHandle KILL = Linker.nativeLinker()
            .downcallHandle(
                    SymbolLookup.loaderLookup()
                            .or(Linker.nativeLinker().defaultLookup())
                            .find("kill")
                            .orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private ProcessGroup() {}

    /** Kills the group, the process and its known descendants (those may have left the group). */
    static void kill(ProcessHandle leader) {
        List<ProcessHandle> descendants = leader.descendants().toList();
        killRemains(leader.pid());
        leader.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    /** Kills what is left of the group of a leader that has ended; does nothing if nothing is. */
    static void killRemains(long leaderPid) {
        signal(-Math.toIntExact(leaderPid), SIGKILL);
    }

    private static void signal(int pid, int number) {
        try {
            int ignored = (int) KILL.invokeExact(pid, number);
        } catch (Throwable impossible) {
            throw new IllegalStateException("kill(2) could not be called", impossible);
        }
    }
}
