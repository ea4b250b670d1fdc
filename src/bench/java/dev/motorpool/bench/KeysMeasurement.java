package dev.motorpool.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * The cost of API keys and metrics for an {@code apply}: a service with three keys, one without keys, and one without
 * metrics either, in turns. All get the same requests, with a key in each; only the first one checks it.
 */
final class KeysMeasurement implements Measurement {

    private static final String PATH = "/v1/apply";
    private static final String BODY = "{\"function\":\"echo\",\"args\":[1],\"pool\":\"processes\"}";
    private static final int CONNECTIONS = 64;
    private static final int OTHERS = 2;
    private static final String REQUESTS_COUNTED = "uri=\"/v1/apply\"";
    private static final String CALLS_COUNTED = "motorpool_calls_total{function=\"echo\"";
    private static final DoubleFunction<String> RATE = Spread.unit(0, "/s");

    @Override
    public String work() {
        return "`apply` of `echo` with API keys and metrics";
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        List<Double> both = new ArrayList<>();
        List<Double> onlyMetrics = new ArrayList<>();
        List<Double> neither = new ArrayList<>();
        try (ServiceProcess locked = ServiceProcess.withSettings(setup, "keys", keys());
                ServiceProcess open = ServiceProcess.withSettings(setup, "no-keys", List.of());
                ServiceProcess bare =
                        ServiceProcess.withSettings(setup, "no-metrics", List.of("--bench.without-metrics=true"));
                LoadProcess load = new LoadProcess()) {
            for (ServiceProcess service : List.of(locked, open, bare)) {
                LoadProcess.warmUp(() -> load(load, service, LoadProcess.WARM_UP_SECONDS));
            }
            checkCounted(locked, true);
            checkCounted(open, true);
            checkCounted(bare, false);
            for (int i = 0; i < setup.rounds(); i++) {
                both.add(scraped(load, locked, setup.seconds()));
                onlyMetrics.add(scraped(load, open, setup.seconds()));
                neither.add(load(load, bare, setup.seconds()).perSecond());
            }
        }
        add(report, new Spread(both), new Spread(onlyMetrics), new Spread(neither));
    }

    private static void add(Report report, Spread both, Spread onlyMetrics, Spread neither) {
        report.add(Row.ofRatio(
                "`apply` of `echo` where API keys are needed and all is counted and timed, " + CONNECTIONS
                        + " connections",
                both.text(RATE),
                "the same in a service without keys and without metrics of requests and calls: " + neither.text(RATE),
                both.over(neither),
                Goal.atLeast(0.95, 1, "")));
        report.add(Row.ofRatio(
                "what API keys are of that",
                both.text(RATE),
                "without keys, with metrics: " + onlyMetrics.text(RATE),
                both.over(onlyMetrics),
                null));
        report.add(Row.ofRatio(
                "what metrics are of that",
                onlyMetrics.text(RATE),
                "without keys and without metrics: " + neither.text(RATE),
                onlyMetrics.over(neither),
                null));
    }

    private static LoadResult load(LoadProcess load, ServiceProcess service, double seconds) throws IOException {
        load.beginKeyed(service, PATH, BODY, CONNECTIONS, seconds);
        LoadResult result = load.result();
        if (!result.firstAnswer().contains("succeeded")) {
            throw new IOException("with its key it was answered: " + result.firstAnswer());
        }
        return result;
    }

    /** The rate while Prometheus scrapes, which also costs: once in a round, more often than usual. */
    private static double scraped(LoadProcess load, ServiceProcess service, double seconds)
            throws IOException, InterruptedException {
        load.beginKeyed(service, PATH, BODY, CONNECTIONS, seconds);
        String _ = service.scrape();
        return load.result().perSecond();
    }

    private static void checkCounted(ServiceProcess service, boolean counted) throws IOException, InterruptedException {
        String told = service.scrape();
        if (told.contains(REQUESTS_COUNTED) != counted || told.contains(CALLS_COUNTED) != counted) {
            throw new IOException("a service tells its requests and calls that should not, or does not tell them");
        }
    }

    private static List<String> keys() {
        List<String> settings = new ArrayList<>();
        for (int i = 0; i <= OTHERS; i++) {
            String secret = i == 0 ? LoadGenerator.KEY : LoadGenerator.KEY + i;
            settings.add("--motorpool.security.keys.k" + i + ".sha256=" + hash(secret));
            settings.add("--motorpool.security.keys.k" + i + ".rights=submit,read");
        }
        return settings;
    }

    private static String hash(String secret) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(secret.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
