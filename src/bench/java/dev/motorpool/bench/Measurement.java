package dev.motorpool.bench;

import java.util.Locale;

/** Measures some rows. It ends everything that it starts. */
interface Measurement {

    /** Its name in {@code -Dbench.only}: the class name without "Measurement", in lower case. */
    default String name() {
        return getClass().getSimpleName().replaceFirst("Measurement$", "").toLowerCase(Locale.ROOT);
    }

    /** The work, for its row if it fails. */
    String work();

    void measure(Setup setup, Report report) throws Exception;
}
