package dev.motorpool.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The program behind {@code ./mvnw -q -Pbench verify}: measures everything, prints the table and writes it to
 * {@code target/bench.md} and {@code target/bench.json}. Exits with 1 if a measurement failed; a missed goal is no
 * failure.
 */
public final class Bench {

    private static final List<Measurement> MEASUREMENTS = List.of(
            new ApplyMeasurement(),
            new KeysMeasurement(),
            new StreamsMeasurement(),
            new MapMeasurement(),
            new FibMeasurement(),
            new BesideMeasurement(),
            new PythonMeasurement(),
            new SpawnMeasurement(),
            new SleepersMeasurement(),
            new StartMeasurement(),
            new LayoutMeasurement(),
            new AsyncMeasurement(),
            new PollMeasurement(),
            new WebhooksMeasurement(),
            new RestartMeasurement(),
            new WaitingMeasurement(),
            new ListingMeasurement());

    private static final long LIMIT_MINUTES = 40;

    /** Above this load, other work disturbs the measurements. */
    private static final double BUSY = 1.5;

    public static void main(String[] arguments) throws IOException {
        List<Measurement> chosen = chosen(System.getProperty("bench.only", ""));
        Path target = Path.of("target").toAbsolutePath();
        Path folder = target.resolve("bench");
        clear(folder);
        Setup setup = new Setup(
                target.resolve("motorpool.jar"),
                folder,
                Integer.getInteger("bench.rounds", 5),
                Double.parseDouble(System.getProperty("bench.seconds", "3")),
                Python.find(System.getProperty("bench.python", "python3"), folder));
        endInTime();
        Report report = new Report();
        head(setup, report);
        boolean failed = false;
        long begin = System.nanoTime();
        for (Measurement measurement : chosen) {
            try {
                measurement.measure(setup, report);
            } catch (Exception failure) {
                failed = true;
                report.add(Row.missing(measurement.work(), failure.toString()));
            }
        }
        report.note(String.format(Locale.ROOT, "All of it took %.0f s.", (System.nanoTime() - begin) / 1e9));
        report.write(target);
        System.out.println(report.markdown());
        if (failed) {
            System.exit(1);
        }
    }

    private static List<Measurement> chosen(String only) {
        try {
            return Choice.of(only, MEASUREMENTS);
        } catch (IllegalArgumentException unknown) {
            System.err.println("-Dbench.only: " + unknown.getMessage());
            System.exit(1);
            throw unknown; // unreachable
        }
    }

    private static void head(Setup setup, Report report) throws IOException {
        report.head("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        report.head(
                "machine",
                Runtime.getRuntime().availableProcessors() + " processors (" + model() + "), "
                        + System.getProperty("os.name") + " " + System.getProperty("os.version"));
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        report.head(
                "load average before",
                String.format(Locale.ROOT, "%.2f", load)
                        + (load > BUSY
                                ? "; **the machine had other work: ratios are rough, times are too long**"
                                : ""));
        report.head("JDK", System.getProperty("java.vendor.version") + " " + Runtime.version());
        Python python = setup.python();
        report.head(
                "Python",
                python == null
                        ? "none found; -Dbench.python names one"
                        : python.version() + " at " + python.executable() + ", "
                                + (python.gevent() == null ? "without gevent" : "gevent " + python.gevent()));
        report.head(
                "rounds",
                setup.rounds() + " of " + setup.seconds()
                        + " s each; service, workers and load generator share the processors");
    }

    private static String model() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.exists(info)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }

    private static void clear(Path folder) throws IOException {
        delete(folder);
        Files.createDirectories(folder);
    }

    /** Deletes the folder recursively, if it exists. */
    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    /** Ends the run and its children after a time limit, even if something hangs. */
    private static void endInTime() {
        Thread.ofPlatform().daemon().name("benchmark-limit").start(() -> {
            try {
                Thread.sleep(java.time.Duration.ofMinutes(LIMIT_MINUTES));
            } catch (InterruptedException over) {
                return;
            }
            System.err.println("The benchmark took longer than " + LIMIT_MINUTES + " minutes.");
            System.exit(2);
        });
    }

    private Bench() {}
}
