package dev.motorpool.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** The benchmark's handle to the load generator. One process creates the load of all rounds, so it is warm. */
final class LoadProcess implements AutoCloseable {

    private static final double STABLE = 0.03;
    private static final int WARM_UPS = 12;
    static final double WARM_UP_SECONDS = 1;

    private final Process process;
    private final BufferedReader answers;
    private final Writer orders;

    LoadProcess() throws IOException {
        process = Children.start(new ProcessBuilder(Children.java(List.of(
                        "-XX:+UseSerialGC", "-Xmx128m", "-cp", Children.classPath(), LoadGenerator.class.getName())))
                .redirectError(ProcessBuilder.Redirect.INHERIT));
        answers = process.inputReader(StandardCharsets.US_ASCII);
        orders = process.outputWriter(StandardCharsets.US_ASCII);
    }

    long pid() {
        return process.pid();
    }

    /** Repeats a request on this many connections. */
    LoadResult run(ServiceProcess service, String path, String body, int connections, double seconds)
            throws IOException {
        begin("calls", service, path, seconds, connections, body);
        return result();
    }

    /** Starts a load as {@link #run} does, with an API key in each request; {@link #result} waits for its end. */
    void beginKeyed(ServiceProcess service, String path, String body, int connections, double seconds)
            throws IOException {
        begin("keyed", service, path, seconds, connections, body);
    }

    /** Sends lines through this many streams for a time, and waits for the answers. */
    LoadResult streams(ServiceProcess service, String path, StreamLines lines, int connections, double seconds)
            throws IOException {
        beginStreams(service, path, lines, connections, seconds);
        return result();
    }

    /** Starts streams; {@link #result} waits for their end. */
    void beginStreams(ServiceProcess service, String path, StreamLines lines, int connections, double seconds)
            throws IOException {
        begin("streams", service, path, seconds, connections, lines.name());
    }

    /** Repeats a map of the integers from 0 to below the count; {@code members} are the other members of the call. */
    LoadResult map(ServiceProcess service, String members, int count, double seconds) throws IOException {
        begin("map", service, "/v1/map", seconds, count, members);
        return result();
    }

    /** Runs jobs one after the other on one connection: each is submitted, then awaited by a long poll. */
    LoadResult poll(ServiceProcess service, String path, String body, double seconds) throws IOException {
        begin("poll", service, path, seconds, 1, body);
        return result();
    }

    private void begin(String order, ServiceProcess service, String path, double seconds, int count, String last)
            throws IOException {
        String encoded = Base64.getEncoder().encodeToString(last.getBytes(StandardCharsets.UTF_8));
        orders.write(String.join(
                        " ",
                        order,
                        Integer.toString(service.port()),
                        path,
                        Long.toString(Math.round(seconds * 1000)),
                        Integer.toString(count),
                        encoded)
                + "\n");
        orders.flush();
    }

    LoadResult result() throws IOException {
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the load generator has ended");
        }
        return LoadResult.parse(answer);
    }

    void warmUp(ServiceProcess service, String path, String body, int connections) throws IOException {
        warmUp(() -> run(service, path, body, connections, WARM_UP_SECONDS));
    }

    /** Repeats until the rate has stopped growing: two consecutive seconds without a new maximum. */
    static void warmUp(Second second) throws IOException {
        double best = 0;
        int calm = 0;
        for (int i = 0; i < WARM_UPS && calm < 2; i++) {
            double rate = second.run().perSecond();
            calm = rate < best * (1 + STABLE) ? calm + 1 : 0;
            best = Math.max(best, rate);
        }
    }

    /** A second of work. */
    interface Second {
        LoadResult run() throws IOException;
    }

    @Override
    public void close() {
        Children.end(process);
    }
}
