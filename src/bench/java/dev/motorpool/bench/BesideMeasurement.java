package dev.motorpool.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** Duration of an {@code apply} whose pool is busy with streams. */
final class BesideMeasurement implements Measurement {

    private static final int STREAMS = 10;
    private static final String PATH = "/v1/apply";
    private static final String BODY =
            "{\"function\":\"echo\",\"args\":[1],\"pool\":\"" + StreamsMeasurement.POOL + "\"}";
    private static final String WORK = "`apply` of `echo` from one connection while " + STREAMS
            + " streams (`imap` of `echo`, chunksize 1) keep the same pool busy, 99th percentile";

    /** How long streams run before the first call and after the last one. */
    private static final double BEFORE = 0.5;

    private static final double AFTER = 0.5;
    private static final double MICROS_PER_MILLI = 1e3;
    private static final DoubleFunction<String> MILLIS = Spread.unit(2, " ms");
    private static final DoubleFunction<String> RATE = Spread.unit(0, "/s");

    @Override
    public String work() {
        return WORK;
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        List<Double> medians = new ArrayList<>();
        List<Double> p99s = new ArrayList<>();
        List<Double> alone = new ArrayList<>();
        List<Double> items = new ArrayList<>();
        try (ServiceProcess service = ServiceProcess.withControllers(setup, "beside");
                LoadProcess calls = new LoadProcess();
                LoadProcess streams = new LoadProcess()) {
            service.putPool(StreamsMeasurement.POOL, StreamsMeasurement.WORKERS);
            calls.warmUp(service, PATH, BODY, 1);
            LoadProcess.warmUp(() -> streams.streams(
                    service, StreamsMeasurement.IMAP, StreamLines.ITEMS, STREAMS, LoadProcess.WARM_UP_SECONDS));
            for (int i = 0; i < setup.rounds(); i++) {
                streams.beginStreams(
                        service, StreamsMeasurement.IMAP, StreamLines.ITEMS, STREAMS, BEFORE + setup.seconds() + AFTER);
                Thread.sleep(Math.round(BEFORE * 1000));
                LoadResult result = calls.run(service, PATH, BODY, 1, setup.seconds());
                items.add(streams.result().perSecond());
                medians.add(result.medianMicros() / MICROS_PER_MILLI);
                p99s.add(result.p99Micros() / MICROS_PER_MILLI);
                alone.add(calls.run(service, PATH, BODY, 1, setup.seconds() / 2).p99Micros() / MICROS_PER_MILLI);
            }
        }
        Spread p99 = new Spread(p99s);
        report.add(Row.ofFigure(
                WORK,
                p99.text(MILLIS),
                String.format(
                        Locale.ROOT,
                        "their median: %s; the 99th percentile without streams: %s",
                        new Spread(medians).text(MILLIS),
                        new Spread(alone).text(MILLIS)),
                p99,
                Goal.atMost(20, 5, " ms")));
        report.note(
                "Meanwhile the " + STREAMS + " streams answered " + new Spread(items).text(RATE) + " items together.");
    }
}
