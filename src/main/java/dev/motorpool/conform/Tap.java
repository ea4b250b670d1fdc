package dev.motorpool.conform;

import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes results in the Test Anything Protocol, version 14. */
final class Tap {

    private final PrintStream out;
    private int number;
    private int failed;

    Tap(PrintStream out, int tests) {
        this.out = out;
        line("TAP version 14");
        line("1.." + tests);
    }

    /** Whether a test has failed. */
    boolean hasFailed() {
        return failed > 0;
    }

    void ok(Check check) {
        line("ok " + title(check));
    }

    void skipped(Check check, String reason) {
        line("ok " + title(check) + " # SKIP " + reason);
    }

    /** @param worker the worker that failed; null if it was not even started */
    void notOk(Check check, UnmetException unmet, @Nullable CheckedWorker worker) {
        failed++;
        line("not ok " + title(check));
        line("  ---");
        line("  expected: " + Frames.quoted(unmet.expected()));
        line("  came: " + Frames.quoted(unmet.came()));
        if (worker != null) {
            list("sent", worker.transcript().sent());
            list("received", worker.transcript().received());
            String printed = worker.printed();
            if (!printed.isEmpty()) {
                line("  printed: " + Frames.quoted(printed));
            }
        }
        line("  ...");
    }

    /** Nothing more is tested. */
    void bailOut(String reason) {
        line("Bail out! " + reason);
    }

    private String title(Check check) {
        number++;
        return number + " - " + check.must() + " " + check.text();
    }

    private void list(String name, List<String> values) {
        line("  " + name + ":" + (values.isEmpty() ? " []" : ""));
        values.forEach(value -> line("    - " + Frames.quoted(value)));
    }

    private void line(String text) {
        out.println(text);
        out.flush();
    }
}
