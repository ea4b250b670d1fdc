package dev.motorpool.bench;

/** Measures some rows. What it starts it ends. */
interface Measurement {

    /** The work, for the table should it fail. */
    String work();

    void measure(Setup setup, Report report) throws Exception;
}
