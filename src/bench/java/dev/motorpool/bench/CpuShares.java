package dev.motorpool.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Sums the processor time per call of each party over rounds. Used by one thread. */
final class CpuShares {

    private static final int SERVICE = 0;
    private static final int WORKERS = 1;
    private static final int LOAD = 2;

    private final ServiceProcess service;
    private final LoadProcess load;
    private final double[] used = new double[3];
    private double[] before = new double[3];
    private double calls;

    CpuShares(ServiceProcess service, LoadProcess load) {
        this.service = service;
        this.load = load;
    }

    void begin() throws IOException {
        before = look();
    }

    void end(double callsDone) throws IOException {
        double[] after = look();
        for (int i = 0; i < used.length; i++) {
            used[i] += after[i] - before[i];
        }
        calls += callsDone;
    }

    private double[] look() throws IOException {
        double[] now = new double[3];
        List<Long> tree = ProcessFacts.tree(service.pid());
        for (long pid : tree) {
            now[pid == service.pid() ? SERVICE : WORKERS] += ProcessFacts.cpuSeconds(pid);
        }
        now[LOAD] = ProcessFacts.cpuSeconds(load.pid());
        return now;
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "service %.1f us, workers %.1f us, load generator %.1f us",
                used[SERVICE] / calls * 1e6,
                used[WORKERS] / calls * 1e6,
                used[LOAD] / calls * 1e6);
    }
}
