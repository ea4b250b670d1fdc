package dev.motorpool.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * What a service and its workers hold and have used, all processes together.
 *
 * @param pssMib resident memory, shared pages counted once
 * @param serviceMib the service's part of it
 * @param workers how many processes hold the rest
 * @param cpuSeconds processor time so far
 */
record Footprint(double pssMib, double serviceMib, int workers, double cpuSeconds) {

    /** So long after readiness a service that is asked nothing counts as idle. */
    static final long SETTLE_MILLIS = 10_000;

    private static final DoubleFunction<String> MIB = Spread.unit(1, " MiB");

    static Footprint of(ServiceProcess service) throws IOException {
        List<Long> all = ProcessFacts.tree(service.pid());
        double cpu = 0;
        for (long pid : all) {
            cpu += ProcessFacts.cpuSeconds(pid);
        }
        double pss = 0;
        for (long pid : all) {
            pss += ProcessFacts.pssMib(pid);
        }
        return new Footprint(pss, ProcessFacts.pssMib(service.pid()), all.size() - 1, cpu);
    }

    /** The row about idle memory, if this was seen when the service was idle. */
    Row row(String work, String more) {
        Spread memory = Spread.of(pssMib);
        return Row.ofFigure(
                work + ", " + SETTLE_MILLIS / 1000 + " s after readiness",
                memory.text(MIB),
                MIB.apply(serviceMib) + " of it the service, the rest " + workers + " workers" + more,
                memory,
                Goal.atMost(450, 300, " MiB"));
    }
}
