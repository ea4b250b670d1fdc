package dev.motorpool.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Time from the start of a worker process to its first answer. */
final class SpawnMeasurement implements Measurement {

    private static final int TIMES = 5;
    private static final int WARM_UPS = 10;
    private static final String WORK = "fresh worker, spawn to first reply, through a new pool in the service";
    private static final DoubleFunction<String> MILLIS = Spread.unit(1, " ms");

    @Override
    public String work() {
        return WORK;
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        Python python = setup.python();
        try (ServiceProcess service = ServiceProcess.withControllers(setup, "spawn");
                Python.Session session = python == null ? null : python.session("spawn")) {
            spawn(service, WARM_UPS);
            List<Double> workers = new ArrayList<>();
            List<Double> processes = new ArrayList<>();
            List<Double> pools = new ArrayList<>();
            for (int i = 0; i < setup.rounds(); i++) {
                workers.addAll(spawn(service, TIMES));
                if (session != null) {
                    JsonNode answer = session.ask(Integer.toString(TIMES));
                    processes.addAll(numbers(answer.get("process_ms")));
                    pools.addAll(numbers(answer.get("pool_ms")));
                }
            }
            report.add(row(new Spread(workers), processes, pools));
        }
    }

    private static Row row(Spread workers, List<Double> processes, List<Double> pools) {
        if (processes.isEmpty()) {
            return Row.ofFigure(WORK, workers.text(MILLIS), "there is no python3", workers, Goal.atMost(54, 30, " ms"));
        }
        Spread process = new Spread(processes);
        Spread pool = new Spread(pools);
        Spread best = process.median() <= pool.median() ? process : pool;
        return new Row(
                WORK,
                workers.text(MILLIS),
                "CPython with start method `spawn`: `Process` " + process.text(MILLIS) + ", `Pool(1)` "
                        + pool.text(MILLIS),
                workers.over(best),
                Goal.atMost(Math.round(best.median() * 10) / 10.0, 30, " ms"),
                workers);
    }

    private static List<Double> spawn(ServiceProcess service, int times) throws IOException, InterruptedException {
        return numbers(service.post("/bench/spawn?times=" + times));
    }

    private static List<Double> numbers(@Nullable JsonNode array) {
        List<Double> numbers = new ArrayList<>();
        if (array != null) {
            array.forEach(number -> numbers.add(number.asDouble()));
        }
        return numbers;
    }
}
