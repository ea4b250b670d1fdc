package dev.motorpool.conform;

import dev.motorpool.pool.process.ProcessKiller;
import dev.motorpool.runtime.ServiceMark;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.runtime.WorkerRuntime;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** Runs the tests against the workers of a runtime. */
public final class Conformance {

    private final WorkerRuntime runtime;
    private final int frameLimit;
    private final ConformOptions options;

    /** @param frameLimit what the workers of the runtime are told */
    public Conformance(WorkerRuntime runtime, int frameLimit, ConformOptions options) {
        this.runtime = runtime;
        this.frameLimit = frameLimit;
        this.options = options;
    }

    /** Writes the results; returns whether no test failed. */
    public boolean run(PrintStream out) throws InterruptedException {
        List<Check> checks = Checks.all().stream()
                .filter(check -> options.only().isEmpty() || options.only().contains(check.must()))
                .toList();
        Spawner spawner = new Spawner();
        Trial.Parts parts = new Trial.Parts(
                runtime,
                spawner,
                new ProcessKiller(spawner),
                ServiceMark.unrelated(),
                options,
                new Patience(options.patience()),
                frameLimit,
                new FirstHello());
        Tap tap = new Tap(out, checks.size());
        for (Check check : checks) {
            run(check, parts, tap);
            if (tap.hasFailed() && check.must().equals(StartChecks.FIRST)) {
                tap.bailOut("without a hello no worker can be tested");
                return false;
            }
        }
        return !tap.hasFailed();
    }

    private static void run(Check check, Trial.Parts parts, Tap tap) throws InterruptedException {
        try (Trial trial = new Trial(parts)) {
            try {
                check.body().run(trial);
                tap.ok(check);
            } catch (SkippedException skipped) {
                tap.skipped(check, String.valueOf(skipped.getMessage()));
            } catch (UnmetException unmet) {
                tap.notOk(check, unmet, trial.last());
            } catch (IOException cannot) {
                tap.notOk(check, new UnmetException("a process", String.valueOf(cannot.getMessage())), trial.last());
            }
        }
    }
}
