package dev.motorpool.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Processor-bound work: a table of Fibonacci numbers as one {@code map}. */
final class FibMeasurement implements Measurement {

    private static final String PATH = "/v1/map";
    private static final String POOL = "bench-three";
    private static final int WORKERS = 3;
    private static final int FIRST = 25;
    private static final int LAST = 34;
    private static final String TABLE = "[75025,121393,196418,317811,514229,832040,1346269,2178309,3524578,5702887]";
    private static final String WORK = "`map` of `fib` over " + FIRST + " to " + LAST + " over HTTP, " + WORKERS
            + " worker processes, warm; the ratio is that of the speeds";
    private static final double TIMES_AT_LEAST = 20;
    private static final double TIMES_AIM = 40;
    private static final DoubleFunction<String> MILLIS = Spread.unit(1, " ms");

    @Override
    public String work() {
        return WORK;
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        String items =
                IntStream.rangeClosed(FIRST, LAST).mapToObj(Integer::toString).collect(Collectors.joining(","));
        String body = "{\"function\":\"fib\",\"pool\":\"" + POOL + "\",\"items\":[" + items + "]}";
        Python python = setup.python();
        List<Double> maps = new ArrayList<>();
        List<Double> compared = new ArrayList<>();
        try (ServiceProcess service = ServiceProcess.withControllers(setup, "fib");
                LoadProcess load = new LoadProcess();
                Python.Session session = python == null ? null : session(python)) {
            service.putPool(POOL, WORKERS);
            load.warmUp(service, PATH, body, 1);
            for (int i = 0; i < setup.rounds(); i++) {
                LoadResult result = load.run(service, PATH, body, 1, setup.seconds());
                if (!result.firstAnswer().contains(TABLE)) {
                    throw new IOException("the map answered without the table: " + result.firstAnswer());
                }
                maps.add(result.medianMicros() / 1e3);
                if (session != null) {
                    compared.add(1e3 / session.rate(1, setup.seconds()));
                }
            }
        }
        Spread measured = new Spread(maps);
        if (compared.isEmpty()) {
            report.add(Row.ofFigure(WORK, measured.text(MILLIS), "there is no python3", measured, null));
            return;
        }
        Spread executor = new Spread(compared);
        report.add(Row.ofRatio(
                WORK,
                measured.text(MILLIS),
                "in-process `ProcessPoolExecutor(3).map` of the same function in Python: " + executor.text(MILLIS),
                executor.over(measured),
                Goal.atLeast(TIMES_AT_LEAST, TIMES_AIM, "")));
    }

    private static Python.Session session(Python python) throws IOException {
        return python.session("fib", Integer.toString(WORKERS), Integer.toString(FIRST), Integer.toString(LAST));
    }
}
