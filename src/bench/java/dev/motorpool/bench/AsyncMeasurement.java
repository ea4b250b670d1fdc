package dev.motorpool.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** {@code apply_async} of {@code echo} over HTTP: rate of jobs accepted and completed. */
final class AsyncMeasurement implements Measurement {

    private static final String VALUE = "the quick brown fox jumps over the lazy dog";
    static final String BODY = "{\"function\":\"echo\",\"args\":[\"" + VALUE + "\"],\"pool\":\"processes\"}";
    static final String PATH = "/v1/apply_async";
    private static final String CONTROLLER = "/bench/echo";
    private static final String POOL = "/v1/pools/processes";
    private static final String UNFINISHED = "/v1/jobs?state=scheduled&state=queued&state=running&limit=1";
    private static final int CONNECTIONS = 64;
    private static final double AT_LEAST = 8_000;
    private static final double AIM = 0.4;
    private static final long LOOK_MILLIS = 5;
    private static final long END_SECONDS = 60;
    private static final DoubleFunction<String> RATE = Spread.unit(0, "/s");
    private static final DoubleFunction<String> SECONDS = Spread.unit(2, " s");
    private static final DoubleFunction<String> MILLIS = Spread.unit(1, " ms");

    @Override
    public String work() {
        return "`apply_async` of `echo`";
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        List<Double> finished = new ArrayList<>();
        List<Double> controller = new ArrayList<>();
        List<Double> rest = new ArrayList<>();
        List<Double> p99 = new ArrayList<>();
        CpuShares cost;
        CpuShares controllerCost;
        try (ServiceProcess service = ServiceProcess.withControllers(setup, "async", setup.ownData("async"));
                LoadProcess load = new LoadProcess()) {
            cost = new CpuShares(service, load);
            controllerCost = new CpuShares(service, load);
            for (String path : List.of(CONTROLLER, PATH)) {
                load.warmUp(service, path, BODY, CONNECTIONS);
            }
            awaitEnd(service);
            for (int i = 0; i < setup.rounds(); i++) {
                long before = succeeded(service);
                cost.begin();
                long begin = System.nanoTime();
                LoadResult submitted = load.run(service, PATH, BODY, CONNECTIONS, setup.seconds());
                long accepted = System.nanoTime();
                awaitEnd(service);
                long end = System.nanoTime();
                long jobs = succeeded(service) - before;
                cost.end((double) jobs);
                if (jobs < submitted.items()) {
                    throw new IOException("of " + submitted.items() + " jobs only " + jobs + " succeeded");
                }
                finished.add(jobs / seconds(end - begin));
                rest.add(seconds(end - accepted));
                p99.add(submitted.p99Micros() / 1e3);
                controllerCost.begin();
                LoadResult compared = load.run(service, CONTROLLER, BODY, CONNECTIONS, setup.seconds());
                controllerCost.end(compared.items());
                controller.add(compared.perSecond());
            }
        } finally {
            Bench.delete(setup.ownData("async"));
        }
        Spread rate = new Spread(finished);
        Spread controlled = new Spread(controller);
        report.add(new Row(
                "`apply_async` of `echo` in the process pool, " + CONNECTIONS
                        + " connections, accepted and finished, each on stable storage",
                rate.text(RATE),
                String.format(
                        Locale.ROOT,
                        "a controller of the same service, `JsonNode` in and out: %s; aim: %.1f of it",
                        controlled.text(RATE),
                        AIM),
                rate.over(controlled),
                Goal.atLeast(AT_LEAST, Math.rint(controlled.median() * AIM), "/s"),
                rate));
        report.note("99th percentile of the 202 of `apply_async` at " + CONNECTIONS + " connections: "
                + new Spread(p99).text(MILLIS) + "; the last job ended " + new Spread(rest).text(SECONDS)
                + " after the last 202; processor time of one job: " + cost.text() + "; of one call of the controller: "
                + controllerCost.text() + ".");
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }

    /** Waits until the store has no unfinished job. */
    static void awaitEnd(ServiceProcess service) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        while (!service.get(UNFINISHED).get("items").isEmpty()) {
            if (System.nanoTime() - begin > END_SECONDS * 1_000_000_000) {
                throw new IOException("jobs do not end");
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    static long succeeded(ServiceProcess service) throws IOException, InterruptedException {
        return service.get(POOL).get("counters").get("succeeded").asLong();
    }
}
