package dev.motorpool.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleFunction;

/** The service in the layout of the image, AOT caches included, without a container: start time and memory. */
final class LayoutMeasurement implements Measurement {

    private static final int STARTS = 5;
    private static final DoubleFunction<String> SECONDS = Spread.unit(2, " s");

    @Override
    public String work() {
        return "start and idle memory from the image's layout";
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        List<Double> starts = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        Footprint idle = null;
        Path data = setup.ownData("layout");
        try (ImageLayout layout = ImageLayout.make(setup)) {
            for (int i = 0; i < STARTS; i++) {
                try (ServiceProcess service = ServiceProcess.ofLayout(setup, "layout-" + (i + 1), data, layout)) {
                    starts.add(service.startSeconds());
                    cpu.add(Footprint.of(service).cpuSeconds());
                    layout.checkUsed(service.logged(), data);
                    if (i == STARTS - 1) {
                        Thread.sleep(Footprint.SETTLE_MILLIS);
                        idle = Footprint.of(service);
                    }
                }
            }
        } finally {
            Bench.delete(data);
        }
        Spread start = new Spread(starts);
        report.add(Row.ofFigure(
                "ready after the start from the image's layout, with its AOT caches",
                start.text(SECONDS),
                "from the order to 200 of the readiness probe; the first start is on an empty data directory; processor"
                        + " time until then: " + new Spread(cpu).text(SECONDS),
                start,
                new Goal(false, 3, null, " s")));
        report.add(Objects.requireNonNull(idle)
                .row("idle memory (PSS) of service and default pools from the image's layout", ""));
    }
}
