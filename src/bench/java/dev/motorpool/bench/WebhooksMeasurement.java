package dev.motorpool.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Detached {@code echo} jobs with a callback each: rate of completion and delivery, delays, and the effect of a dead
 * receiver.
 */
final class WebhooksMeasurement implements Measurement {

    private static final int CONNECTIONS = 64;
    private static final int DEAD = 10_000;
    private static final long END_SECONDS = 60;
    private static final long LOOK_MILLIS = 5;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final DoubleFunction<String> RATE = Spread.unit(0, "/s");
    private static final DoubleFunction<String> MILLIS = Spread.unit(2, " ms");

    @Override
    public String work() {
        return "webhooks";
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        List<Double> rates = new ArrayList<>();
        List<Double> medians = new ArrayList<>();
        List<Double> p99 = new ArrayList<>();
        List<Double> beside = new ArrayList<>();
        CpuShares cost;
        try (ServiceProcess service = ServiceProcess.withControllers(setup, "webhooks", setup.ownData("webhooks"));
                HookSink sink = new HookSink(true);
                HookSink dead = new HookSink(false);
                LoadProcess load = new LoadProcess()) {
            cost = new CpuShares(service, load);
            load.warmUp(service, AsyncMeasurement.PATH, body(sink), CONNECTIONS);
            awaitAll(service, sink);
            for (int i = 0; i < setup.rounds(); i++) {
                long before = sink.taken();
                cost.begin();
                long begin = System.nanoTime();
                LoadResult submitted =
                        load.run(service, AsyncMeasurement.PATH, body(sink), CONNECTIONS, setup.seconds());
                awaitAll(service, sink);
                long nanos = System.nanoTime() - begin;
                long delivered = sink.taken() - before;
                cost.end((double) delivered);
                if (delivered < submitted.items()) {
                    throw new IOException("of " + submitted.items() + " webhooks only " + delivered + " came");
                }
                rates.add(delivered / (nanos / 1e9));
                LatencyHistogram _ = sink.delays();
                load.run(service, AsyncMeasurement.PATH, body(sink), 1, setup.seconds());
                awaitAll(service, sink);
                LatencyHistogram delays = sink.delays();
                medians.add(delays.quantile(0.5) / NANOS_PER_MILLI);
                p99.add(delays.quantile(0.99) / NANOS_PER_MILLI);
            }
            long made = 0;
            while (made < DEAD) {
                made += Math.round(load.run(service, AsyncMeasurement.PATH, body(dead), CONNECTIONS, 1)
                        .items());
            }
            for (int i = 0; i < setup.rounds(); i++) {
                LatencyHistogram _ = sink.delays();
                long before = sink.taken();
                LoadResult submitted = load.run(service, AsyncMeasurement.PATH, body(sink), 1, setup.seconds());
                long begin = System.nanoTime();
                while (sink.taken() - before < submitted.items()) {
                    limit(begin);
                }
                beside.add(sink.delays().quantile(0.99) / NANOS_PER_MILLI);
            }
        } finally {
            Bench.delete(setup.ownData("webhooks"));
        }
        Spread rate = new Spread(rates);
        report.add(Row.ofFigure(
                "`apply_async` of `echo` with a callback each to a local receiver, " + CONNECTIONS
                        + " connections, finished and delivered",
                rate.text(RATE),
                "",
                rate,
                Goal.atLeast(3_000, 6_000, "/s")));
        Spread median = new Spread(medians);
        report.add(Row.ofFigure(
                "from the final state to the arrival of its webhook, one client, median",
                median.text(MILLIS),
                "",
                median,
                Goal.atMost(20, 3, " ms")));
        Spread others = new Spread(beside);
        report.add(Row.ofFigure(
                "the same while another receiver is dead and has " + DEAD + " pending, 99th percentile",
                others.text(MILLIS),
                "",
                others,
                Goal.atMost(1_000, 50, " ms")));
        report.note("99th percentile from the final state to the arrival of its webhook, one client: "
                + new Spread(p99).text(MILLIS) + "; the receiver's share of one job included, processor time of one job"
                + " with its webhook: " + cost.text() + ".");
    }

    private static String body(HookSink sink) throws IOException {
        return AsyncMeasurement.BODY.replaceFirst("}$", ",\"callback\":\"" + sink.url() + "\"}");
    }

    /** Waits until all jobs have ended and all webhooks have arrived. */
    private static void awaitAll(ServiceProcess service, HookSink sink) throws IOException, InterruptedException {
        AsyncMeasurement.awaitEnd(service);
        long jobs = AsyncMeasurement.succeeded(service);
        long begin = System.nanoTime();
        while (sink.taken() < jobs) {
            limit(begin);
        }
    }

    private static void limit(long begin) throws IOException, InterruptedException {
        if (System.nanoTime() - begin > END_SECONDS * 1_000_000_000) {
            throw new IOException("webhooks do not come");
        }
        Thread.sleep(LOOK_MILLIS);
    }
}
