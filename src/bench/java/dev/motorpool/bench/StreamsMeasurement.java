package dev.motorpool.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** {@code imap} of {@code echo} through one stream of lines that is sent while its answer arrives. */
final class StreamsMeasurement implements Measurement {

    static final String POOL = "bench-two";
    static final int WORKERS = 2;

    /** One by one, in a pool of {@link #WORKERS}. */
    static final String IMAP = "/v1/imap?function=echo&pool=" + POOL + "&chunksize=1";

    private static final String IMAP_100 = "/v1/imap?function=echo&pool=" + POOL + "&chunksize=100";
    private static final String COPY = "/bench/copy?gather=false";
    private static final String GATHERING_COPY = "/bench/copy?gather=true";

    /** Items of one of Python's imaps: some tenths of a second of work. */
    private static final int PYTHON_ITEMS = 20_000;

    private static final double PYTHON_WARM_UP = 0.5;
    private static final double TIMES_PYTHON = 3;
    private static final double AIM = 300_000;
    private static final double AT_LEAST_100 = 400_000;
    private static final DoubleFunction<String> RATE = Spread.unit(0, "/s");

    @Override
    public String work() {
        return "`imap` of `echo`";
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        Python python = setup.python();
        List<Double> single = new ArrayList<>();
        List<Double> hundred = new ArrayList<>();
        List<Double> copy = new ArrayList<>();
        List<Double> gathering = new ArrayList<>();
        List<Double> compared = new ArrayList<>();
        try (ServiceProcess service = ServiceProcess.withControllers(setup, "streams");
                LoadProcess load = new LoadProcess();
                Python.Session session =
                        python == null ? null : python.session("imap", Integer.toString(PYTHON_ITEMS))) {
            service.putPool(POOL, WORKERS);
            warmUp(service, load, COPY, StreamLines.COPY);
            warmUp(service, load, GATHERING_COPY, StreamLines.COPY);
            warmUp(service, load, IMAP_100, StreamLines.ITEMS);
            warmUp(service, load, IMAP, StreamLines.ITEMS);
            if (session != null) {
                session.rate(1, PYTHON_WARM_UP);
            }
            CpuShares singleCost = new CpuShares(service, load);
            CpuShares hundredCost = new CpuShares(service, load);
            for (int i = 0; i < setup.rounds(); i++) {
                single.add(round(setup, service, load, IMAP, singleCost));
                if (session != null) {
                    compared.add(session.rate(1, setup.seconds()) * PYTHON_ITEMS);
                }
                hundred.add(round(setup, service, load, IMAP_100, hundredCost));
                copy.add(copy(setup, service, load, COPY));
                gathering.add(copy(setup, service, load, GATHERING_COPY));
            }
            report.note("Processor time of one item of `imap`, chunksize 1: " + singleCost.text() + "; chunksize 100: "
                    + hundredCost.text() + ".");
        }
        report.add(single(new Spread(single), compared));
        Spread chunks = new Spread(hundred);
        Spread copied = new Spread(copy);
        Spread gathered = new Spread(gathering);
        report.add(new Row(
                "the same, chunksize 100",
                chunks.text(RATE),
                "a controller of the same service that copies each line at once, with a thread for each direction and"
                        + " no pool: "
                        + copied.text(RATE),
                chunks.over(copied),
                Goal.atLeast(AT_LEAST_100, Math.max(AT_LEAST_100, Math.rint(copied.median())), "/s"),
                chunks));
        report.add(Row.ofRatio(
                "the same, chunksize 100, against the best that could be",
                chunks.text(RATE),
                "the same copy, but lines that are there together go out together: " + gathered.text(RATE),
                chunks.over(gathered),
                null));
    }

    private static void warmUp(ServiceProcess service, LoadProcess load, String path, StreamLines lines)
            throws IOException {
        LoadProcess.warmUp(() -> load.streams(service, path, lines, 1, LoadProcess.WARM_UP_SECONDS));
    }

    private static double round(Setup setup, ServiceProcess service, LoadProcess load, String path, CpuShares cost)
            throws IOException {
        cost.begin();
        LoadResult result = load.streams(service, path, StreamLines.ITEMS, 1, setup.seconds());
        cost.end(result.items());
        return result.perSecond();
    }

    private static double copy(Setup setup, ServiceProcess service, LoadProcess load, String path) throws IOException {
        return load.streams(service, path, StreamLines.COPY, 1, setup.seconds()).perSecond();
    }

    private static Row single(Spread measured, List<Double> compared) {
        String work = "`imap` of `echo`, chunksize 1, one stream over HTTP, " + WORKERS + " worker processes";
        if (compared.isEmpty()) {
            return Row.ofFigure(work, measured.text(RATE), "there is no python3", measured, null);
        }
        Spread python = new Spread(compared);
        return new Row(
                work,
                measured.text(RATE),
                "in-process `multiprocessing.Pool(2).imap(chunksize=1)`: " + python.text(RATE)
                        + "; at least 3 times that",
                measured.over(python),
                Goal.atLeast(Math.rint(TIMES_PYTHON * python.median()), AIM, "/s"),
                measured);
    }
}
