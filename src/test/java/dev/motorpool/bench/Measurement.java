package dev.motorpool.bench;

import java.util.Locale;

/** Measures some rows. What it starts it ends. */
interface Measurement {

    /** What {@code -Dbench.only} calls it: its class without the word "Measurement", in lower case. */
    default String name() {
        return getClass().getSimpleName().replaceFirst("Measurement$", "").toLowerCase(Locale.ROOT);
    }

    /** The work, for the table should it fail. */
    String work();

    void measure(Setup setup, Report report) throws Exception;
}
