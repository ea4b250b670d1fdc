package dev.motorpool.pool.settings;

import java.util.Locale;

/** What confines the workers of a process pool. */
public enum Sandbox {
    /** Workers see and may do what the service's user may. */
    NONE,
    /** Workers are started through {@code bwrap}. */
    BUBBLEWRAP;

    /** The name in the API and the configuration. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
