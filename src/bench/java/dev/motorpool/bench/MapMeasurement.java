package dev.motorpool.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** A {@code map} of a million small items in one request. */
final class MapMeasurement implements Measurement {

    private static final int ITEMS = 1_000_000;
    private static final String POOL = StreamsMeasurement.POOL;
    private static final int WORKERS = StreamsMeasurement.WORKERS;
    private static final String MEMBERS = "\"function\":\"echo\",\"pool\":\"" + POOL + "\"";
    private static final String WORK = String.format(
            Locale.ROOT,
            "`map` of `echo` over %,d integers in one request over HTTP, %d worker processes",
            ITEMS,
            WORKERS);
    private static final DoubleFunction<String> RATE = Spread.unit(0, "/s");

    @Override
    public String work() {
        return WORK;
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        Python python = setup.python();
        List<Double> maps = new ArrayList<>();
        List<Double> compared = new ArrayList<>();
        CpuShares cost;
        try (ServiceProcess service = ServiceProcess.withControllers(setup, "map");
                LoadProcess load = new LoadProcess();
                Python.Session session = python == null ? null : python.session("map", Integer.toString(ITEMS))) {
            service.putPool(POOL, WORKERS);
            LoadProcess.warmUp(() -> load.map(service, MEMBERS, ITEMS, LoadProcess.WARM_UP_SECONDS));
            if (session != null) {
                session.rate(1, LoadProcess.WARM_UP_SECONDS);
            }
            cost = new CpuShares(service, load);
            for (int i = 0; i < setup.rounds(); i++) {
                cost.begin();
                LoadResult result = load.map(service, MEMBERS, ITEMS, setup.seconds());
                cost.end(result.items() * ITEMS);
                maps.add(result.perSecond() * ITEMS);
                if (session != null) {
                    compared.add(session.rate(1, setup.seconds()) * ITEMS);
                }
            }
        }
        Spread measured = new Spread(maps);
        if (compared.isEmpty()) {
            report.add(Row.ofFigure(WORK, measured.text(RATE), "there is no python3", measured, null));
        } else {
            Spread map = new Spread(compared);
            report.add(Row.ofRatio(
                    WORK,
                    measured.text(RATE),
                    "in-process `multiprocessing.Pool(2).map` of the same integers: " + map.text(RATE),
                    measured.over(map),
                    Goal.atLeast(0.5, 1, "")));
        }
        report.note("Processor time of one item of the `map`: " + cost.text() + ".");
    }
}
