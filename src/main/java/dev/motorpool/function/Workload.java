package dev.motorpool.function;

import java.util.Locale;

/** What a function spends its time on. */
public enum Workload {
    /** Computing: belongs in processes. */
    CPU,
    /** Waiting: belongs in threads or coroutines. */
    IO;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
