package dev.motorpool.pool.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The process group that a worker leads. One {@code kill(2)} reaches all its members at once, including those whose
 * parent has died. Java itself can only signal single processes.
 */
@SuppressWarnings("restricted") // the only native calls; the manifest and the documented commands enable it
final class ProcessGroup {

    private static final int SIGKILL = 9;

    private static final MethodHandle KILL = Linker.nativeLinker()
            .downcallHandle(
                    SymbolLookup.loaderLookup()
                            .or(Linker.nativeLinker().defaultLookup())
                            .find("kill")
                            .orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private static final int WNOHANG = 1;

    private static final MethodHandle WAITPID = Linker.nativeLinker()
            .downcallHandle(
                    SymbolLookup.loaderLookup()
                            .or(Linker.nativeLinker().defaultLookup())
                            .find("waitpid")
                            .orElseThrow(),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

    private ProcessGroup() {}

    /** Takes the exit of a child that nobody waits for; false if it has not ended. Never waits. */
    static boolean reap(long pid) {
        try {
            return (int) WAITPID.invokeExact(Math.toIntExact(pid), MemorySegment.NULL, WNOHANG) != 0;
        } catch (Throwable impossible) {
            throw new IllegalStateException("waitpid(2) could not be called", impossible);
        }
    }

    /** Kills the group of a leader that has not ended. */
    static void kill(long leaderPid) {
        signal(-Math.toIntExact(leaderPid), SIGKILL);
    }

    /**
     * Kills the rest of the group of a leader that has ended, if there is any. The system reuses the leader's pid only
     * once its group has no members. So if there is such a process again, the group has gone.
     */
    static void killRemains(long leaderPid) {
        if (ProcessHandle.of(leaderPid).isEmpty()) {
            kill(leaderPid);
        }
    }

    private static void signal(int pid, int number) {
        try {
            int ignored = (int) KILL.invokeExact(pid, number);
        } catch (Throwable impossible) {
            throw new IllegalStateException("kill(2) could not be called", impossible);
        }
    }
}
