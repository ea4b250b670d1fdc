package dev.motorpool.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** The newest hundred of very many finished jobs that have a tag. */
final class ListingMeasurement implements Measurement {

    private static final int FINISHED = 1_000_000;
    private static final int REQUESTS = 200;
    private static final String PATH = "/v1/jobs?tag=" + FilledStore.TAG + ":3&limit=100";
    private static final DoubleFunction<String> MILLIS = Spread.unit(2, " ms");

    @Override
    public String work() {
        return "listing finished jobs by tag";
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        Path data = setup.ownData("listing");
        List<Double> millis = new ArrayList<>();
        double first;
        try {
            FilledStore.finished(data, FINISHED);
            try (ServiceProcess service = ServiceProcess.ofJar(setup, "listing", data)) {
                first = service.getMillis(PATH);
                int listed = service.get(PATH).get("items").size();
                if (listed != 100) {
                    throw new IOException("only " + listed + " jobs were listed");
                }
                for (int i = 0; i < REQUESTS; i++) {
                    service.getMillis(PATH);
                }
                for (int round = 0; round < setup.rounds(); round++) {
                    List<Double> times = new ArrayList<>();
                    for (int i = 0; i < REQUESTS; i++) {
                        times.add(service.getMillis(PATH));
                    }
                    millis.add(new Spread(times).median());
                }
            }
        } finally {
            Bench.delete(data);
        }
        Spread median = new Spread(millis);
        report.add(Row.ofFigure(
                String.format(
                        Locale.ROOT,
                        "listing the newest 100 of %,d finished jobs by a tag that every tenth has",
                        FINISHED),
                median.text(MILLIS),
                "the very first request after the start: " + MILLIS.apply(first)
                        + "; the jobs were put into the file by the store's own code",
                median,
                Goal.atMost(50, 5, " ms")));
    }
}
