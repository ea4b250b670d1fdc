package dev.motorpool.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/** {@code apply} of {@code echo} over HTTP: throughput, and added latency over a bare controller. */
final class ApplyMeasurement implements Measurement {

    private static final String VALUE = "the quick brown fox jumps over the lazy dog";
    private static final String BODY = "{\"function\":\"echo\",\"args\":[\"" + VALUE + "\"],\"pool\":\"processes\"}";
    private static final String APPLY = "/v1/apply";
    private static final String ROUTE = "/v1/bench-echo";
    private static final String CONTROLLER = "/bench/echo";
    private static final int CONNECTIONS = 64;
    private static final String SAME_WORK = "the same `apply` of `echo` against ";
    private static final long SETTLE_MILLIS = 3_000;
    private static final DoubleFunction<String> RATE = Spread.unit(0, "/s");
    private static final DoubleFunction<String> MICROS = Spread.unit(0, " us");
    private static final DoubleFunction<String> MIB = Spread.unit(1, " MiB");

    @Override
    public String work() {
        return "`apply` of `echo`";
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        try (ServiceProcess service = ServiceProcess.withControllers(setup, "apply");
                LoadProcess load = new LoadProcess()) {
            for (String path : List.of(ROUTE, CONTROLLER, APPLY)) {
                load.warmUp(service, path, BODY, CONNECTIONS);
            }
            checkAnswers(load, service);
            rates(setup, report, service, load);
            latency(setup, report, service, load);
            Thread.sleep(SETTLE_MILLIS);
            List<Double> unshared = new ArrayList<>();
            for (long worker : service.workers("processes")) {
                unshared.add(ProcessFacts.unsharedMib(worker));
            }
            report.note("Unshared memory of a process worker after this load: " + new Spread(unshared).text(MIB) + ".");
        }
    }

    private static void checkAnswers(LoadProcess load, ServiceProcess service) throws IOException {
        for (String path : List.of(ROUTE, CONTROLLER, APPLY)) {
            String answer = load.run(service, path, BODY, 1, 0.05).firstAnswer();
            if (!answer.contains(VALUE)) {
                throw new IOException(path + " answered without the value: " + answer);
            }
        }
    }

    private void rates(Setup setup, Report report, ServiceProcess service, LoadProcess load) throws IOException {
        List<Double> apply = new ArrayList<>();
        List<Double> route = new ArrayList<>();
        List<Double> controller = new ArrayList<>();
        List<Double> p99 = new ArrayList<>();
        CpuShares cost = new CpuShares(service, load);
        CpuShares routeCost = new CpuShares(service, load);
        try (PythonPools python = PythonPools.of(setup.python(), VALUE)) {
            for (int i = 0; i < setup.rounds(); i++) {
                cost.begin();
                LoadResult result = load.run(service, APPLY, BODY, CONNECTIONS, setup.seconds());
                cost.end(result.perSecond() * setup.seconds());
                apply.add(result.perSecond());
                p99.add(result.p99Micros());
                routeCost.begin();
                LoadResult compared = load.run(service, ROUTE, BODY, CONNECTIONS, setup.seconds());
                routeCost.end(compared.perSecond() * setup.seconds());
                route.add(compared.perSecond());
                controller.add(load.run(service, CONTROLLER, BODY, CONNECTIONS, setup.seconds())
                        .perSecond());
                if (python != null) {
                    python.round(setup.seconds() / 2);
                }
            }
            Spread applied = new Spread(apply);
            Spread routed = new Spread(route);
            String measured = applied.text(RATE);
            Spread controlled = new Spread(controller);
            report.add(Row.ofRatio(
                    "`apply` of `echo` in the process pool over HTTP, " + CONNECTIONS + " connections",
                    measured,
                    "a controller of the same service, `JsonNode` in and out: " + controlled.text(RATE),
                    applied.over(controlled),
                    Goal.atLeast(0.6, 0.75, "")));
            report.add(Row.ofRatio(
                    SAME_WORK + "the bare way through the service",
                    measured,
                    "a route behind the same gate that reads as strictly and answers the body, without Spring's"
                            + " controllers: "
                            + routed.text(RATE),
                    applied.over(routed),
                    null));
            addPython(report, applied, python);
        }
        report.note("99th percentile of `apply` at " + CONNECTIONS + " connections: "
                + new Spread(p99).text(MICROS) + "; processor time of one: " + cost.text()
                + "; of one call of the controller behind the same gate: " + routeCost.text() + ".");
    }

    private static void addPython(Report report, Spread applied, @Nullable PythonPools python) {
        if (python == null) {
            report.add(Row.missing(SAME_WORK + "`multiprocessing.Pool`", "there is no python3"));
            return;
        }
        Spread best = python.pool();
        report.add(Row.ofRatio(
                SAME_WORK + "`multiprocessing.Pool`",
                applied.text(RATE),
                "in-process `multiprocessing.Pool(2).apply`, " + python.poolText(RATE),
                applied.over(best),
                null));
        Spread oneThread = python.poolFromOneThread();
        report.add(Row.ofRatio(
                SAME_WORK + "`multiprocessing.Pool`, asked by one thread",
                applied.text(RATE),
                "the same, from one thread alone: " + oneThread.text(RATE),
                applied.over(oneThread),
                Goal.atLeast(4, 6, "")));
        report.add(Row.ofRatio(
                SAME_WORK + "`concurrent.futures`",
                applied.text(RATE),
                "in-process `ProcessPoolExecutor(2).submit().result()`, " + python.executorText(RATE),
                applied.over(python.executor()),
                null));
    }

    private static void latency(Setup setup, Report report, ServiceProcess service, LoadProcess load)
            throws IOException {
        List<Double> apply = new ArrayList<>();
        List<Double> route = new ArrayList<>();
        load.run(service, APPLY, BODY, 1, 1);
        load.run(service, ROUTE, BODY, 1, 1);
        for (int i = 0; i < setup.rounds(); i++) {
            apply.add(load.run(service, APPLY, BODY, 1, setup.seconds() / 2).medianMicros());
            route.add(load.run(service, ROUTE, BODY, 1, setup.seconds() / 2).medianMicros());
        }
        Spread applied = new Spread(apply);
        Spread routed = new Spread(route);
        Spread added = applied.less(routed);
        report.add(Row.ofFigure(
                "`apply` from one connection, median time added by queue, pipe and worker",
                added.text(MICROS),
                String.format(
                        Locale.ROOT,
                        "`apply` %s less the controller behind the same gate %s",
                        applied.text(MICROS),
                        routed.text(MICROS)),
                added,
                Goal.atMost(100, 50, " us")));
    }
}
