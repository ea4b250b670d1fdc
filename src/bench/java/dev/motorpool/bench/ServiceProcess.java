package dev.motorpool.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service in its own process, on its own port. */
final class ServiceProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final long LOOK_MILLIS = 5;

    private final Process process;
    private final int port;
    private final Path log;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final double startSeconds;

    private ServiceProcess(Setup setup, String name, Path data, List<String> program)
            throws IOException, InterruptedException {
        this(setup, name, data, program, Map.of());
    }

    private ServiceProcess(Setup setup, String name, Path data, List<String> program, Map<String, String> environment)
            throws IOException, InterruptedException {
        port = freePort();
        log = setup.folder().resolve(name + ".log");
        List<String> command = new ArrayList<>(Children.java(program));
        command.add("--server.port=" + port);
        command.add("--motorpool.data-dir=" + data);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        long begin = System.nanoTime();
        process = Children.start(builder);
        try {
            awaitReady(begin);
        } catch (IOException | InterruptedException | RuntimeException failed) {
            Children.end(process);
            throw failed;
        }
        startSeconds = (System.nanoTime() - begin) / 1e9;
    }

    /** The service as released. */
    static ServiceProcess ofJar(Setup setup, String name) throws IOException, InterruptedException {
        return ofJar(setup, name, setup.data());
    }

    /** The service as released, with its own data directory. */
    static ServiceProcess ofJar(Setup setup, String name, Path data) throws IOException, InterruptedException {
        return new ServiceProcess(setup, name, data, List.of("-jar", setup.jar().toString()));
    }

    /** The service as started by the image, with its own data directory. */
    static ServiceProcess ofLayout(Setup setup, String name, Path data, ImageLayout layout)
            throws IOException, InterruptedException {
        return new ServiceProcess(setup, name, data, layout.arguments(), layout.environment());
    }

    /** The service with the benchmark's controllers, from the class path. */
    static ServiceProcess withControllers(Setup setup, String name) throws IOException, InterruptedException {
        return withControllers(setup, name, setup.data());
    }

    /** As {@link #withControllers(Setup, String)}, with a data directory of its own. */
    static ServiceProcess withControllers(Setup setup, String name, Path data)
            throws IOException, InterruptedException {
        return new ServiceProcess(
                setup,
                name,
                data,
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        Children.classPath(),
                        BenchService.class.getName()));
    }

    /** As {@link #withControllers(Setup, String)}, with a data directory of its own and these settings. */
    static ServiceProcess withSettings(Setup setup, String name, List<String> settings)
            throws IOException, InterruptedException {
        List<String> program = new ArrayList<>(List.of(
                "--enable-native-access=ALL-UNNAMED", "-cp", Children.classPath(), BenchService.class.getName()));
        program.addAll(settings);
        return new ServiceProcess(setup, name, setup.ownData(name), program);
    }

    private void awaitReady(long begin) throws IOException, InterruptedException {
        while (!ready()) {
            if (!process.isAlive() || System.nanoTime() - begin > START.toNanos()) {
                throw new IOException("the service did not become ready; see " + log);
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** Checks readiness over a plain socket, which is cheap while the service needs the processors. */
    private boolean ready() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            String request = "GET /actuator/health/readiness HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readAllBytes();
            return new String(answer, StandardCharsets.US_ASCII).startsWith("HTTP/1.1 200 ");
        } catch (IOException notYet) {
            return false;
        }
    }

    double startSeconds() {
        return startSeconds;
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** The processes of one pool's workers. */
    List<Long> workers(String pool) throws IOException, InterruptedException {
        List<Long> pids = new ArrayList<>();
        for (JsonNode worker : get("/v1/pools/" + pool + "/workers").get("items")) {
            pids.add(worker.get("pid").asLong());
        }
        return pids;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(uri(path)).timeout(ANSWER).build());
    }

    /** Milliseconds until the whole answer has arrived, which is discarded. */
    double getMillis(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(path)).timeout(ANSWER).build();
        long begin = System.nanoTime();
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        double millis = (System.nanoTime() - begin) / 1e6;
        if (response.statusCode() != 200) {
            throw new IOException(path + " answered " + response.statusCode());
        }
        return millis;
    }

    /** The metrics, scraped with the API key of the load. */
    String scrape() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri("/actuator/prometheus"))
                .timeout(ANSWER)
                .header("X-API-Key", LoadGenerator.KEY)
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("the scrape was answered " + response.statusCode());
        }
        return response.body();
    }

    /** Its standard output so far. */
    String logged() throws IOException {
        return Files.readString(log);
    }

    JsonNode post(String path) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(uri(path))
                .timeout(ANSWER)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    JsonNode post(String path, String json) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(uri(path))
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    /** Creates a process pool of this size. */
    void putPool(String name, int size) throws IOException, InterruptedException {
        putPool(name, ",\"size\":" + size);
    }

    /** Creates a process pool with these settings, which begin with a comma. */
    void putPool(String name, String settings) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri("/v1/pools/" + name))
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"kind\":\"process\"" + settings + "}"))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 201 && response.statusCode() != 200) {
            throw new IOException("the pool was not made: " + response.statusCode() + ": " + response.body());
        }
    }

    /** Bytes of all reachable objects in its heap. */
    long liveBytes() throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process asked = Children.start(
                new ProcessBuilder(jcmd, Long.toString(pid()), "GC.class_histogram").redirectErrorStream(true));
        try (BufferedReader lines = asked.inputReader(StandardCharsets.UTF_8)) {
            List<String> all = lines.lines().toList();
            String[] total = all.getLast().strip().split(" +", -1);
            if (!total[0].equals("Total")) {
                throw new IOException("jcmd said: " + all.getLast());
            }
            return Long.parseLong(total[2]);
        } finally {
            Children.end(asked);
        }
    }

    /** Kills it with SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    private JsonNode answer(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(request.uri() + " answered " + response.statusCode() + ": " + response.body());
        }
        return JsonMapper.shared().readTree(response.body());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        Children.end(process);
    }
}
