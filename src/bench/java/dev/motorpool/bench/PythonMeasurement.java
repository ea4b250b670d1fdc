package dev.motorpool.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleFunction;
import tools.jackson.databind.JsonNode;

/** Functions in Python from a file, beside CPython's own pools. */
final class PythonMeasurement implements Measurement {

    private static final int CONNECTIONS = 64;
    private static final int STREAM_ITEMS = 20_000;
    private static final int MAP_ITEMS = 1_000_000;
    private static final int BUSY_ITEMS = 100;
    private static final double BUSY_SECONDS = 0.01;
    private static final int NAPS = 10_000;
    private static final int SAVES = 5;
    private static final double PATIENCE_SECONDS = 60;
    /** Between two versions, so that each is a change of quiet files. */
    private static final long PAUSE_MILLIS = 1_000;

    private static final String POOL = "bench-python";
    private static final String FRESH = "bench-fresh";
    private static final String FUNCTIONS = "functions.py";

    private static final String APPLY = "/v1/apply";
    private static final String ECHO = "{\"function\":\"functions.echo\",\"args\":[\"x\"],\"pool\":\"" + POOL + "\"}";
    private static final String IN_FRESH = ECHO.replace(POOL, FRESH);
    private static final String BUSY = "{\"function\":\"functions.busy\",\"pool\":\"" + POOL
            + "\",\"chunksize\":1,\"items\":" + Collections.nCopies(BUSY_ITEMS, BUSY_SECONDS) + "}";
    private static final String NAP =
            "{\"function\":\"functions.nap\",\"chunksize\":1,\"items\":" + Collections.nCopies(NAPS, 1) + "}";

    private static final String SOURCE = """
        import asyncio
        import time

        time.sleep(0.5)  # as a heavy import takes


        def echo(value):
            return value


        def busy(seconds):
            end = time.process_time() + seconds
            while time.process_time() < end:
                pass


        async def nap(seconds):
            await asyncio.sleep(seconds)


        def version():
            return 0
        """;

    private static final DoubleFunction<String> RATE = Spread.unit(0, "/s");
    private static final DoubleFunction<String> MILLIS = Spread.unit(1, " ms");
    private static final DoubleFunction<String> TIME = Spread.unit(2, " s");
    private static final DoubleFunction<String> MIB = Spread.unit(0, " MiB");

    @Override
    public String work() {
        return "functions in Python";
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        Python python = setup.python();
        if (python == null) {
            report.add(Row.missing(work(), "there is no python3"));
            return;
        }
        Path functions = Files.createDirectories(setup.folder().resolve("functions/python"));
        save(functions, SOURCE);
        List<String> settings = List.of(
                "--motorpool.functions.directory=" + functions.getParent(),
                "--motorpool.runtimes.python.interpreter=" + python.executable());
        try (ServiceProcess service = ServiceProcess.withSettings(setup, "python", settings);
                LoadProcess load = new LoadProcess()) {
            service.putPool(POOL, ",\"size\":2,\"runtime\":\"python\"");
            service.putPool(FRESH, ",\"size\":1,\"runtime\":\"python\",\"max_tasks_per_child\":1");
            apply(setup, report, python, service, load);
            imap(setup, report, python, service, load, 1, 2);
            imap(setup, report, python, service, load, 100, 1);
            map(setup, report, python, service, load);
            busy(setup, report, python, service, load);
            fresh(setup, report, python, service, load, functions);
            naps(report, service);
            saves(report, service, functions);
        }
    }

    private static void save(Path functions, String source) throws IOException {
        Path fresh = functions.resolve(".fresh");
        Files.writeString(fresh, source, StandardCharsets.UTF_8);
        Files.move(fresh, functions.resolve(FUNCTIONS), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void apply(Setup setup, Report report, Python python, ServiceProcess service, LoadProcess load)
            throws IOException {
        List<Double> apply = new ArrayList<>();
        List<Double> one = new ArrayList<>();
        List<Double> many = new ArrayList<>();
        CpuShares cost = new CpuShares(service, load);
        try (Python.Session pool = python.session("pool", "x")) {
            load.warmUp(service, APPLY, ECHO, CONNECTIONS);
            for (int i = 0; i < setup.rounds(); i++) {
                cost.begin();
                LoadResult result = load.run(service, APPLY, ECHO, CONNECTIONS, setup.seconds());
                cost.end(result.perSecond() * setup.seconds());
                apply.add(result.perSecond());
                one.add(pool.rate(1, setup.seconds()));
                many.add(pool.rate(CONNECTIONS, setup.seconds()));
            }
        }
        String work = "`apply` of a Python function that does nothing over HTTP, " + CONNECTIONS
                + " connections, 2 worker processes";
        Spread applied = new Spread(apply);
        Spread alone = new Spread(one);
        Spread together = new Spread(many);
        report.add(Row.ofRatio(
                work,
                applied.text(RATE),
                "in-process `multiprocessing.Pool(2).apply` from one thread: " + alone.text(RATE),
                applied.over(alone),
                Goal.atLeast(4, 4, "")));
        report.add(Row.ofRatio(
                "the same against 64 threads",
                applied.text(RATE),
                "in-process `multiprocessing.Pool(2).apply` from 64 threads: " + together.text(RATE),
                applied.over(together),
                Goal.atLeast(1.5, 1.5, "")));
        report.note("Processor time of one `apply` in Python: " + cost.text() + ".");
    }

    private static void imap(
            Setup setup,
            Report report,
            Python python,
            ServiceProcess service,
            LoadProcess load,
            int chunksize,
            double times)
            throws IOException {
        String path = "/v1/imap?function=functions.echo&pool=" + POOL + "&chunksize=" + chunksize;
        List<Double> measured = new ArrayList<>();
        List<Double> compared = new ArrayList<>();
        CpuShares cost = new CpuShares(service, load);
        try (Python.Session session =
                python.session("imap", Integer.toString(STREAM_ITEMS), Integer.toString(chunksize))) {
            LoadProcess.warmUp(() -> load.streams(service, path, StreamLines.ITEMS, 1, LoadProcess.WARM_UP_SECONDS));
            session.rate(1, LoadProcess.WARM_UP_SECONDS);
            for (int i = 0; i < setup.rounds(); i++) {
                cost.begin();
                LoadResult result = load.streams(service, path, StreamLines.ITEMS, 1, setup.seconds());
                cost.end(result.items());
                measured.add(result.perSecond());
                compared.add(session.rate(1, setup.seconds()) * STREAM_ITEMS);
            }
        }
        Spread streamed = new Spread(measured);
        Spread pool = new Spread(compared);
        report.add(Row.ofRatio(
                "`imap` of it, chunksize " + chunksize + ", one stream over HTTP",
                streamed.text(RATE),
                "in-process `multiprocessing.Pool(2).imap(chunksize=" + chunksize + ")`: " + pool.text(RATE),
                streamed.over(pool),
                Goal.atLeast(times, times, "")));
        report.note(
                "Processor time of one item of `imap` in Python, chunksize " + chunksize + ": " + cost.text() + ".");
    }

    private static void map(Setup setup, Report report, Python python, ServiceProcess service, LoadProcess load)
            throws IOException {
        String members = "\"function\":\"functions.echo\",\"pool\":\"" + POOL + "\"";
        List<Double> measured = new ArrayList<>();
        List<Double> compared = new ArrayList<>();
        CpuShares cost = new CpuShares(service, load);
        try (Python.Session session = python.session("map", Integer.toString(MAP_ITEMS))) {
            LoadProcess.warmUp(() -> load.map(service, members, MAP_ITEMS, LoadProcess.WARM_UP_SECONDS));
            session.rate(1, LoadProcess.WARM_UP_SECONDS);
            for (int i = 0; i < setup.rounds(); i++) {
                cost.begin();
                LoadResult result = load.map(service, members, MAP_ITEMS, setup.seconds());
                cost.end(result.items() * MAP_ITEMS);
                measured.add(result.perSecond() * MAP_ITEMS);
                compared.add(session.rate(1, setup.seconds()) * MAP_ITEMS);
            }
        }
        Spread mapped = new Spread(measured);
        Spread pool = new Spread(compared);
        report.add(Row.ofRatio(
                "`map` of it over 1,000,000 integers in one request over HTTP",
                mapped.text(RATE),
                "in-process `multiprocessing.Pool(2).map`: " + pool.text(RATE),
                mapped.over(pool),
                Goal.atLeast(0.7, 0.7, "")));
        report.note("Processor time of one item of the `map` in Python: " + cost.text() + ".");
    }

    private static void busy(Setup setup, Report report, Python python, ServiceProcess service, LoadProcess load)
            throws IOException {
        List<Double> measured = new ArrayList<>();
        List<Double> compared = new ArrayList<>();
        try (Python.Session session =
                python.session("busy", Integer.toString(BUSY_ITEMS), Double.toString(BUSY_SECONDS))) {
            load.warmUp(service, "/v1/map", BUSY, 1);
            for (int i = 0; i < setup.rounds(); i++) {
                measured.add(
                        load.run(service, "/v1/map", BUSY, 1, setup.seconds()).perSecond() * BUSY_ITEMS);
                compared.add(session.rate(1, setup.seconds()) * BUSY_ITEMS);
            }
        }
        Spread worked = new Spread(measured);
        Spread pool = new Spread(compared);
        report.add(Row.ofRatio(
                "`map` of Python items of 10 ms of processor time each, 2 worker processes",
                worked.text(RATE),
                "in-process `multiprocessing.Pool(2).map(chunksize=1)`: " + pool.text(RATE),
                worked.over(pool),
                Goal.atLeast(0.97, 0.97, "")));
    }

    /** Each call of the pool needs a worker of its own. */
    private static void fresh(
            Setup setup, Report report, Python python, ServiceProcess service, LoadProcess load, Path functions)
            throws IOException {
        List<Double> measured = new ArrayList<>();
        List<Double> compared = new ArrayList<>();
        load.warmUp(service, APPLY, IN_FRESH, 1);
        try (Python.Session session =
                python.session("spawn", functions.resolve(FUNCTIONS).toString())) {
            for (int i = 0; i < setup.rounds(); i++) {
                measured.add(
                        load.run(service, APPLY, IN_FRESH, 1, setup.seconds()).medianMicros() / 1e3);
                for (JsonNode millis : session.ask("1").get("process_ms")) {
                    compared.add(millis.asDouble());
                }
            }
        }
        Spread forked = new Spread(measured);
        Spread spawned = new Spread(compared);
        report.add(Row.ofFigure(
                "a call in a fresh Python worker (`max_tasks_per_child` 1) after imports of 0.5 s, forked",
                forked.text(MILLIS),
                "CPython's spawn of a process with the same imports: " + spawned.text(MILLIS),
                forked,
                Goal.atMost(15, Math.max(1, Math.rint(spawned.median() / 20)), " ms")));
    }

    private static void naps(Report report, ServiceProcess service) throws IOException, InterruptedException {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long begin = System.nanoTime();
            JsonNode answer = service.post("/v1/map", NAP);
            seconds.add((System.nanoTime() - begin) / 1e9);
            if (answer.path("value").size() != NAPS) {
                throw new IOException(
                        "the naps were answered with " + answer.path("value").size() + " values");
            }
        }
        double memory = 0;
        for (long worker : service.workers("python-coroutines")) {
            memory += ProcessFacts.peakResidentMib(worker);
        }
        Spread time = new Spread(seconds);
        report.add(Row.ofFigure(
                "10,000 `async def` sleeps of 1 s at once: time",
                time.text(TIME),
                "",
                time,
                Goal.atMost(2.5, 2.5, " s")));
        Spread held = Spread.of(memory);
        report.add(Row.ofFigure(
                "the same: memory of the worker at most", held.text(MIB), "", held, Goal.atMost(200, 200, " MiB")));
    }

    /** From the write to the first answer of the new version; each call meanwhile must be answered with a value. */
    private static void saves(Report report, ServiceProcess service, Path functions)
            throws IOException, InterruptedException {
        String call = "{\"function\":\"functions.version\",\"args\":[],\"pool\":\"" + POOL + "\"}";
        List<Double> seconds = new ArrayList<>();
        for (int version = 1; version <= SAVES; version++) {
            long begin = System.nanoTime();
            save(functions, SOURCE.replace("return 0", "return " + version));
            double took = 0;
            for (int seen = version - 1; seen != version; took = (System.nanoTime() - begin) / 1e9) {
                seen = service.post(APPLY, call).path("value").asInt();
                if (took > PATIENCE_SECONDS) {
                    throw new IOException("version " + version + " was never called");
                }
            }
            seconds.add(took);
            Thread.sleep(PAUSE_MILLIS);
        }
        Spread time = new Spread(seconds);
        report.add(Row.ofFigure(
                "a saved file to the first call of the new version, which takes 0.5 s to import",
                time.text(TIME),
                "no call was refused meanwhile",
                time,
                Goal.atMost(2.5, 2.5, " s")));
    }
}
