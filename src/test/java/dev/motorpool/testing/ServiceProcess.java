package dev.motorpool.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The service in its own process, as users start it, with the shipped configuration. */
public final class ServiceProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern READY = Pattern.compile("Ready on (http:\\S+) ");

    private final Process process;
    private final List<String> output = Collections.synchronizedList(new ArrayList<>());
    private final Thread reader;
    private final CompletableFuture<URI> ready = new CompletableFuture<>();
    private final HttpClient client = HttpClient.newHttpClient();

    private ServiceProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::read);
    }

    /** Starts the service on a free port; does not wait until it is ready. */
    public static ServiceProcess start(Path dataDir, String... settings) throws IOException {
        return start(List.of(), dataDir, settings);
    }

    /** As {@link #start(Path, String...)}, on this port. */
    public static ServiceProcess startOnPort(int port, Path dataDir, String... settings) throws IOException {
        return start(List.of(), port, dataDir, settings);
    }

    /** As {@link #start(Path, String...)}, in a JVM with these options. */
    public static ServiceProcess start(List<String> options, Path dataDir, String... settings) throws IOException {
        return start(options, 0, dataDir, settings);
    }

    /** As {@link #start(Path, String...)}, with these variables beside those of the test's environment. */
    public static ServiceProcess start(Map<String, String> environment, Path dataDir) throws IOException {
        return start(environment, List.of(), List.of("--server.port=0", "--motorpool.data-dir=" + dataDir));
    }

    private static ServiceProcess start(List<String> options, int port, Path dataDir, String... settings)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--server.port=" + port, "--motorpool.data-dir=" + dataDir));
        arguments.addAll(List.of(settings));
        return start(options, arguments);
    }

    /** Starts the program with a command, which runs and ends. */
    public static ServiceProcess command(String... arguments) throws IOException {
        return start(List.of(), List.of(arguments));
    }

    private static ServiceProcess start(List<String> options, List<String> arguments) throws IOException {
        return start(Map.of(), options, arguments);
    }

    private static ServiceProcess start(Map<String, String> environment, List<String> options, List<String> arguments)
            throws IOException {
        ServiceProgram program = ServiceProgram.made();
        List<String> command = new ArrayList<>(program.command(options));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("MOTORPOOL_WORKER_PREPARED", program.workers().toString());
        builder.environment().putAll(environment);
        return start(builder);
    }

    /** Starts the process of this builder. */
    static ServiceProcess start(ProcessBuilder builder) throws IOException {
        return new ServiceProcess(builder.redirectErrorStream(true).start());
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = lines.readLine()) != null) {
                output.add(line);
                Matcher matcher = READY.matcher(line);
                if (matcher.find()) {
                    ready.complete(URI.create(matcher.group(1).replace("\\/", "/"))); // escaped as in JSON
                }
            }
        } catch (IOException end) {
            output.add(end.toString());
        }
        ready.completeExceptionally(new AssertionError("the service never was ready: " + output()));
    }

    /** Waits until the service has logged that it is ready; returns its address. */
    public URI ready() {
        return ready.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    public HttpResponse<String> get(String path, String header, String value) throws IOException, InterruptedException {
        return send(request(path).header(header, value).GET());
    }

    public HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    public HttpResponse<String> post(String path, String json, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).header("Content-Type", "application/json");
        headers.forEach(request::header);
        return send(request.POST(BodyPublishers.ofString(json)));
    }

    public HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return send(request(path).DELETE());
    }

    public HttpResponse<String> put(String path, String json) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json").PUT(BodyPublishers.ofString(json)));
    }

    /** Sends any request; headers are name, value, name, value. */
    public HttpResponse<String> send(String method, String path, String json, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (!json.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return send(request.method(method, BodyPublishers.ofString(json)));
    }

    /** Sends a call without waiting; the future has the answer. */
    public CompletableFuture<HttpResponse<String>> posting(String path, String json) {
        return client.sendAsync(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(ready().resolve(path)).timeout(PATIENCE);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    public Process process() {
        return process;
    }

    /** Sends SIGTERM without waiting. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        awaitEnd();
    }

    /** Waits for the end of the process; returns its exit code. */
    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the service has not ended: " + output());
        }
        reader.join();
        return process.exitValue();
    }

    /** Its output so far. */
    public String output() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    /** Ends the service if it still runs. */
    @Override
    public void close() {
        client.shutdownNow();
        try {
            if (process.isAlive()) {
                terminate();
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.toHandle().destroyForcibly();
                }
            }
            awaitEnd();
        } catch (InterruptedException e) {
            process.toHandle().destroyForcibly();
            throw new AssertionError(e);
        }
        client.close();
    }
}
