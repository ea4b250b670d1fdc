package dev.motorpool.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleFunction;

/** The service as released: start time and idle memory. */
final class StartMeasurement implements Measurement {

    private static final int STARTS = 3;
    private static final DoubleFunction<String> SECONDS = Spread.unit(2, " s");
    private static final DoubleFunction<String> MIB = Spread.unit(1, " MiB");

    @Override
    public String work() {
        return "start and idle memory";
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        double first;
        try (ServiceProcess service = ServiceProcess.ofJar(setup, "start-1")) {
            first = service.startSeconds();
        }
        List<Double> starts = new ArrayList<>();
        List<Double> early = new ArrayList<>();
        List<Double> unshared = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        Footprint idle = null;
        for (int i = 0; i < STARTS; i++) {
            try (ServiceProcess service = ServiceProcess.ofJar(setup, "start-" + (i + 2))) {
                starts.add(service.startSeconds());
                Footprint ready = Footprint.of(service);
                cpu.add(ready.cpuSeconds());
                if (i == STARTS - 1) {
                    Thread.sleep(Footprint.SETTLE_MILLIS);
                    idle = Footprint.of(service);
                } else {
                    early.add(ready.pssMib());
                }
                for (long worker : service.workers("processes")) {
                    unshared.add(ProcessFacts.unsharedMib(worker));
                }
            }
        }
        Spread start = new Spread(starts);
        report.add(Row.ofFigure(
                "ready after `java -jar`, caches present",
                start.text(SECONDS),
                "the first start on an empty data directory: " + SECONDS.apply(first),
                start,
                Goal.atMost(6, 4, " s")));
        report.note("Processor time that service and workers used until they were ready: "
                + new Spread(cpu).text(SECONDS) + ".");
        report.add(Objects.requireNonNull(idle)
                .row(
                        "idle memory (PSS) of service and default pools",
                        "; at readiness: " + new Spread(early).text(MIB)));
        Spread worker = new Spread(unshared);
        report.add(Row.ofFigure(
                "unshared memory of an idle process worker",
                worker.text(MIB),
                "Private_Clean and Private_Dirty, workers of the pool `processes` that have run nothing",
                worker,
                Goal.atMost(16, 12, " MiB")));
    }
}
