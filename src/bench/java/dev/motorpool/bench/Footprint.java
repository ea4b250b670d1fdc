package dev.motorpool.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Memory and processor time of a service and its workers, all processes together.
 *
 * @param pssMib resident memory, shared pages counted once
 * @param serviceMib the service's part of it
 * @param workers number of other processes
 * @param cpuSeconds processor time so far
 */
record Footprint(double pssMib, double serviceMib, int workers, double cpuSeconds) {

    /** A service without requests counts as idle this long after readiness. */
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

    /** The row about idle memory, if this was measured on an idle service. */
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
