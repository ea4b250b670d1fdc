package dev.motorpool.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A hundred thousand sleeping calls at once in one coroutine pool. */
final class SleepersMeasurement implements Measurement {

    private static final int COUNT = 100_000;
    private static final int SECONDS = 5;
    private static final int TIMES = 3;

    /** Measured with CPython 3.11 and gevent on a similar machine; used if gevent is not installed. */
    private static final double GEVENT_MIB = 837;

    private static final String WORK = "100,000 coroutine calls of `sleep(5)` at once";
    private static final DoubleFunction<String> MIB = Spread.unit(0, " MiB");
    private static final DoubleFunction<String> TIME = Spread.unit(2, " s");

    @Override
    public String work() {
        return WORK;
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        List<Double> seconds = new ArrayList<>();
        List<Double> submits = new ArrayList<>();
        List<Double> serviceMib = new ArrayList<>();
        List<Double> workerMib = new ArrayList<>();
        try (ServiceProcess service = ServiceProcess.withControllers(setup, "sleepers")) {
            for (int i = 0; i < TIMES; i++) {
                JsonNode slept = service.post("/bench/sleepers?count=" + COUNT + "&seconds=" + SECONDS);
                if (slept.get("succeeded").asInt() != COUNT) {
                    throw new IOException("only " + slept.get("succeeded") + " of " + COUNT + " calls succeeded");
                }
                seconds.add(slept.get("seconds").asDouble());
                submits.add(slept.get("submitSeconds").asDouble());
                double workers = 0;
                for (JsonNode worker : slept.get("workers")) {
                    workers += ProcessFacts.peakResidentMib(worker.asLong());
                }
                workerMib.add(workers);
                serviceMib.add(ProcessFacts.peakResidentMib(service.pid()));
            }
        }
        JsonNode gevent = gevent(setup.python());
        double comparedMib =
                gevent == null ? GEVENT_MIB : gevent.get("peak_mib").asDouble();
        Spread memory = Spread.of(serviceMib.getFirst() + workerMib.getFirst());
        report.add(new Row(
                WORK + ": memory",
                memory.text(MIB),
                "as many gevent greenlets: " + MIB.apply(comparedMib)
                        + (gevent == null ? ", seen elsewhere: gevent is not installed here" : ""),
                memory.times(1 / comparedMib),
                Goal.atMost(Math.rint(comparedMib), Math.rint(comparedMib / 2), " MiB"),
                memory));
        Spread time = new Spread(seconds);
        report.add(Row.ofFigure(
                WORK + ": time",
                time.text(TIME),
                gevent == null
                        ? "no gevent here"
                        : "gevent: " + TIME.apply(gevent.get("seconds").asDouble()),
                time,
                Goal.atMost(9, 7, " s")));
        report.note(
                "The memory of the sleeping calls is what was ever resident at most by the end of the first run in a"
                        + " fresh service: " + MIB.apply(serviceMib.getFirst()) + " in the service and "
                        + MIB.apply(workerMib.getFirst()) + " in the pool's worker; by the end of run " + TIMES + ": "
                        + MIB.apply(serviceMib.getLast()) + " and " + MIB.apply(workerMib.getLast())
                        + ". The runs took "
                        + seconds.stream().map(TIME::apply).toList() + ", of which submitting took "
                        + submits.stream().map(TIME::apply).toList() + ".");
    }

    private static @Nullable JsonNode gevent(@Nullable Python python) throws IOException {
        if (python == null || python.gevent() == null) {
            return null;
        }
        try (Python.Session session = python.session("gevent", Integer.toString(COUNT), Integer.toString(SECONDS))) {
            return session.answer();
        }
    }
}
