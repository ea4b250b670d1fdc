package dev.motorpool.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** Heap usage of a service while a million detached jobs wait. */
final class WaitingMeasurement implements Measurement {

    private static final int WAITING = 1_000_000;
    private static final int CONNECTIONS = 64;
    private static final double SUBMIT_SECONDS = 5;
    private static final long COUNT_SECONDS = 10;
    private static final long LOOK_MILLIS = 50;
    private static final double MIB = 1 << 20;
    private static final String NAME = "bench-waiting";
    private static final String POOL = "/v1/pools/" + NAME;
    private static final String BODY =
            "{\"function\":\"echo\",\"args\":[\"some short text\"],\"pool\":\"" + NAME + "\"}";
    private static final DoubleFunction<String> MEMORY = Spread.unit(1, " MiB");

    @Override
    public String work() {
        return "1,000,000 waiting detached jobs";
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        Path data = setup.ownData("waiting");
        double empty;
        double full;
        long queued;
        long before;
        try {
            try (ServiceProcess service = ServiceProcess.ofJar(setup, "waiting-1", data)) {
                service.putPool(NAME, 1);
                service.post(POOL + "/pause");
                empty = service.liveBytes() / MIB;
            }
            FilledStore.waiting(data, NAME, WAITING);
            try (ServiceProcess service = ServiceProcess.ofJar(setup, "waiting-2", data);
                    LoadProcess load = new LoadProcess()) {
                before = service.get(POOL).get("queued").asLong();
                LoadResult submitted = load.run(service, AsyncMeasurement.PATH, BODY, CONNECTIONS, SUBMIT_SECONDS);
                full = service.liveBytes() / MIB;
                queued = awaitQueued(service, before + (long) submitted.items());
            }
        } finally {
            Bench.delete(data);
        }
        if (before < WAITING || queued <= before) {
            throw new IOException(before + " and then " + queued + " jobs waited");
        }
        Spread live = Spread.of(full);
        report.add(Row.ofFigure(
                String.format(Locale.ROOT, "%,d waiting detached jobs: live heap of the service", WAITING),
                live.text(MEMORY),
                String.format(
                        Locale.ROOT,
                        "%s without them; they were put into the file by the store's own code, and %,d came over HTTP",
                        MEMORY.apply(empty),
                        queued - before),
                live,
                Goal.atMost(512, 128, " MiB")));
    }

    /** Waits until at least this many wait; the count may be a second old if very many do. */
    private static long awaitQueued(ServiceProcess service, long jobs) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        long queued = service.get(POOL).get("queued").asLong();
        while (queued < jobs) {
            if (System.nanoTime() - begin > COUNT_SECONDS * 1_000_000_000) {
                throw new IOException("of " + jobs + " jobs only " + queued + " wait");
            }
            Thread.sleep(LOOK_MILLIS);
            queued = service.get(POOL).get("queued").asLong();
        }
        return queued;
    }
}
