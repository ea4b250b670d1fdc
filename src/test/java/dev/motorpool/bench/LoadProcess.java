package dev.motorpool.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** The load generator, seen from the benchmark. One process makes the load of all rounds, so it is warm. */
final class LoadProcess implements AutoCloseable {

    private static final double STABLE = 0.03;
    private static final int WARM_UPS = 12;
    private static final long WARM_UP_MILLIS = 1_000;

    private final Process process;
    private final BufferedReader answers;
    private final Writer orders;

    LoadProcess() throws IOException {
        process = Children.start(new ProcessBuilder(Children.java(List.of(
                        "-XX:+UseSerialGC", "-Xmx64m", "-cp", Children.classPath(), LoadGenerator.class.getName())))
                .redirectError(ProcessBuilder.Redirect.INHERIT));
        answers = process.inputReader(StandardCharsets.US_ASCII);
        orders = process.outputWriter(StandardCharsets.US_ASCII);
    }

    long pid() {
        return process.pid();
    }

    LoadResult run(ServiceProcess service, String path, String body, int connections, double seconds)
            throws IOException {
        return run(service, path, body, connections, Math.round(seconds * 1000));
    }

    private LoadResult run(ServiceProcess service, String path, String body, int connections, long millis)
            throws IOException {
        String encoded = Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8));
        orders.write(service.port() + " " + path + " " + connections + " " + millis + " " + encoded + "\n");
        orders.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the load generator has ended");
        }
        return LoadResult.parse(answer);
    }

    /** Goes on until the rate has stopped growing: two seconds in a row bring no more than the best before. */
    void warmUp(ServiceProcess service, String path, String body, int connections) throws IOException {
        double best = 0;
        int calm = 0;
        for (int i = 0; i < WARM_UPS && calm < 2; i++) {
            double rate = run(service, path, body, connections, WARM_UP_MILLIS).perSecond();
            calm = rate < best * (1 + STABLE) ? calm + 1 : 0;
            best = Math.max(best, rate);
        }
    }

    @Override
    public void close() {
        Children.end(process);
    }
}
