package dev.motorpool.pool.process;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a process ended, as {@code waitpid} reports it.
 *
 * @param code its exit code, or null
 * @param signal the signal that killed it, or null
 */
public record ExitStatus(@Nullable Integer code, @Nullable Integer signal) {

    /** Unknown: the process never started, or did not end in time. */
    public static final ExitStatus UNKNOWN = new ExitStatus(null, null);

    private static final int SIGNAL_BASE = 128;
    private static final int LAST_SIGNAL = 64;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "SIGHUP"),
            Map.entry(2, "SIGINT"),
            Map.entry(3, "SIGQUIT"),
            Map.entry(4, "SIGILL"),
            Map.entry(5, "SIGTRAP"),
            Map.entry(6, "SIGABRT"),
            Map.entry(7, "SIGBUS"),
            Map.entry(8, "SIGFPE"),
            Map.entry(9, "SIGKILL"),
            Map.entry(11, "SIGSEGV"),
            Map.entry(13, "SIGPIPE"),
            Map.entry(14, "SIGALRM"),
            Map.entry(15, "SIGTERM"),
            Map.entry(24, "SIGXCPU"),
            Map.entry(25, "SIGXFSZ"),
            Map.entry(31, "SIGSYS"));

    /**
     * Reads {@link Process#exitValue()}, which folds signal {@code n} into {@code 128 + n}. A {@link ForkedProcess} may
     * have one less than 0, which is unknown.
     *
     * @param announced whether the worker has announced its exit, so that a value above 128 is its own
     */
    public static ExitStatus of(int value, boolean announced) {
        if (value < 0) {
            return UNKNOWN;
        }
        int signal = value - SIGNAL_BASE;
        if (signal >= 1 && signal <= LAST_SIGNAL && !announced) {
            return new ExitStatus(null, signal);
        }
        return new ExitStatus(value, null);
    }

    /** A description, for example {@code was killed by signal 9 (SIGKILL)} or {@code exited with code 3}. */
    public String sentence() {
        if (signal != null) {
            String name = NAMES.get(signal);
            return "was killed by signal " + signal + (name == null ? "" : " (" + name + ")");
        }
        return code == null ? "ended in an unknown way" : "exited with code " + code;
    }
}
