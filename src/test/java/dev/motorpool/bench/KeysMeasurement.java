package dev.motorpool.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.DoubleFunction;

/** What API keys cost an {@code apply}: a service with three of them against one without, in turns. */
final class KeysMeasurement implements Measurement {

    private static final String PATH = "/v1/apply";
    private static final String BODY = "{\"function\":\"echo\",\"args\":[1],\"pool\":\"processes\"}";
    private static final int CONNECTIONS = 64;
    private static final int OTHERS = 2;
    private static final DoubleFunction<String> RATE = Spread.unit(0, "/s");

    @Override
    public String work() {
        return "`apply` of `echo` with API keys";
    }

    @Override
    public void measure(Setup setup, Report report) throws IOException, InterruptedException {
        List<Double> keyed = new ArrayList<>();
        List<Double> open = new ArrayList<>();
        try (ServiceProcess locked = ServiceProcess.withSettings(setup, "keys", keys());
                ServiceProcess unlocked = ServiceProcess.withSettings(setup, "no-keys", List.of());
                LoadProcess load = new LoadProcess()) {
            LoadProcess.warmUp(() -> load.keyed(locked, PATH, BODY, CONNECTIONS, LoadProcess.WARM_UP_SECONDS));
            load.warmUp(unlocked, PATH, BODY, CONNECTIONS);
            String answer = load.keyed(locked, PATH, BODY, 1, 0.05).firstAnswer();
            if (!answer.contains("succeeded")) {
                throw new IOException("with its key it was answered: " + answer);
            }
            for (int i = 0; i < setup.rounds(); i++) {
                keyed.add(load.keyed(locked, PATH, BODY, CONNECTIONS, setup.seconds())
                        .perSecond());
                open.add(load.run(unlocked, PATH, BODY, CONNECTIONS, setup.seconds())
                        .perSecond());
            }
        }
        Spread with = new Spread(keyed);
        Spread without = new Spread(open);
        report.add(Row.ofRatio(
                "`apply` of `echo` where API keys are needed, " + CONNECTIONS + " connections",
                with.text(RATE),
                "the same in a service without keys: " + without.text(RATE),
                with.over(without),
                Goal.atLeast(0.95, 1, "")));
    }

    private static List<String> keys() {
        List<String> settings = new ArrayList<>();
        for (int i = 0; i <= OTHERS; i++) {
            String secret = i == 0 ? LoadGenerator.KEY : LoadGenerator.KEY + i;
            settings.add("--motorpool.security.keys.k" + i + ".sha256=" + hash(secret));
            settings.add("--motorpool.security.keys.k" + i + ".rights=submit");
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
