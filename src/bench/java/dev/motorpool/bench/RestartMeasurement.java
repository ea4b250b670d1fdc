package dev.motorpool.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** A service that is killed while very many jobs wait: time from the next start until the first of them runs. */
final class RestartMeasurement implements Measurement {

    private static final int WAITING = 100_000;
    private static final int STARTS = 3;
    private static final int CONNECTIONS = 64;
    private static final String NAME = "bench-restart";
    private static final String POOL = "/v1/pools/" + NAME;
    private static final String BODY = "{\"function\":\"sleep\",\"args\":[0.2],\"pool\":\"" + NAME + "\"}";
    private static final long LIMIT_SECONDS = 120;
    private static final long LOOK_MILLIS = 1;
    private static final DoubleFunction<String> SECONDS = Spread.unit(3, " s");

    @Override
    public String work() {
        return "100,000 waiting jobs, SIGKILL, start";
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        Path data = setup.ownData("restart");
        List<Double> first = new ArrayList<>();
        List<Double> starts = new ArrayList<>();
        long least = Long.MAX_VALUE;
        try {
            try (ServiceProcess service = ServiceProcess.ofJar(setup, "restart-1", data);
                    LoadProcess load = new LoadProcess()) {
                service.putPool(NAME, 2);
                long begin = System.nanoTime();
                while (service.get(POOL).get("queued").asLong() < WAITING + 1_000) {
                    if (System.nanoTime() - begin > LIMIT_SECONDS * 1_000_000_000) {
                        throw new IOException("the jobs did not get in within " + LIMIT_SECONDS + " s");
                    }
                    load.run(service, AsyncMeasurement.PATH, BODY, CONNECTIONS, 1);
                }
                service.kill();
            }
            for (int i = 0; i < STARTS; i++) {
                try (ServiceProcess service = ServiceProcess.ofJar(setup, "restart-" + (i + 2), data)) {
                    long ready = System.nanoTime();
                    while (service.get(POOL).get("running").asLong() == 0) {
                        if (System.nanoTime() - ready > LIMIT_SECONDS * 1_000_000_000) {
                            throw new IOException("no job ran within " + LIMIT_SECONDS + " s of a start");
                        }
                        Thread.sleep(LOOK_MILLIS);
                    }
                    first.add((System.nanoTime() - ready) / 1e9);
                    starts.add(service.startSeconds());
                    least = Math.min(least, service.get(POOL).get("queued").asLong());
                    service.kill();
                }
            }
        } finally {
            Bench.delete(data);
        }
        if (least < WAITING) {
            throw new IOException("only " + least + " jobs waited after a start");
        }
        Spread running = new Spread(first);
        report.add(Row.ofFigure(
                String.format(
                        Locale.ROOT, "%,d waiting jobs, SIGKILL, start: first one running after readiness", WAITING),
                running.text(SECONDS),
                "they wait behind jobs that ran when the service was killed; ready after "
                        + new Spread(starts).text(Spread.unit(2, " s")),
                running,
                Goal.atMost(3, 0.5, " s")));
    }
}
