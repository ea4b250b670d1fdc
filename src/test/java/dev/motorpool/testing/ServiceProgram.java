package dev.motorpool.testing;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The program of services under test, in the form of the image: classes in one jar, an AOT cache, and the workers'
 * program with its own. Created once for each build, in {@code target}, and shared by all tests.
 *
 * @param classPath without the tests and their configuration
 * @param cache the JVM's AOT cache, which takes most of the work out of a start
 * @param workers the workers' program and cache as a service has made them ({@code motorpool.worker.prepared})
 */
public record ServiceProgram(String classPath, Path cache, Path workers) {

    private static final String MAIN = "dev.motorpool.app.MotorpoolApplication";

    /** Most services under test run for seconds: the optimizing compiler would cost more than it saves. */
    private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1");

    /** Created on first use, so that tests without a service do not create it. */
    private static final class Made {
        static final ServiceProgram HERE = make(Path.of("target", "service").toAbsolutePath());
    }

    public static ServiceProgram made() {
        return Made.HERE;
    }

    /** The command that starts it, up to the program's own arguments. Without JVM options it starts quickly. */
    public List<String> command(List<String> options) {
        return Stream.of(
                        Stream.of(java(), "-XX:AOTCache=" + cache),
                        (options.isEmpty() ? QUICK : options).stream(),
                        Stream.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath, MAIN))
                .flatMap(part -> part)
                .toList();
    }

    private static ServiceProgram make(Path place) {
        try {
            Files.createDirectories(place);
            try (FileChannel file = FileChannel.open(
                            place.resolve("made.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = file.lock()) {
                List<Path> entries = Arrays.stream(
                                System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toAbsolutePath())
                        .filter(entry -> !entry.endsWith("test-classes"))
                        .toList();
                Path jar = place.resolve("motorpool.jar");
                String classPath = Stream.concat(
                                Stream.of(jar), entries.stream().filter(entry -> !Files.isDirectory(entry)))
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator));
                ServiceProgram program =
                        new ServiceProgram(classPath, place.resolve("service.aot"), place.resolve("worker"));
                Path packed = place.resolve("new.jar");
                pack(entries.stream().filter(Files::isDirectory).toList(), packed);
                if (!Files.exists(program.cache) || !Files.exists(jar) || Files.mismatch(packed, jar) >= 0) {
                    Files.deleteIfExists(program.cache);
                    Files.move(packed, jar, StandardCopyOption.REPLACE_EXISTING);
                    program.train(place);
                }
                Files.deleteIfExists(packed);
                return program;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Packs without compression and dates, so that the same classes give the same bytes. */
    private static void pack(List<Path> folders, Path jar) throws IOException {
        try (OutputStream bytes = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (Path folder : folders) {
                List<Path> found;
                try (Stream<Path> all = Files.walk(folder)) {
                    found = all.skip(1).sorted().toList();
                }
                for (Path path : found) { // folders too: class path scans need them
                    boolean file = Files.isRegularFile(path);
                    byte[] content = file ? Files.readAllBytes(path) : new byte[0];
                    CRC32 sum = new CRC32();
                    sum.update(content);
                    String name = folder.relativize(path).toString().replace('\\', '/');
                    ZipEntry entry = new ZipEntry(file ? name : name + "/");
                    entry.setTime(0);
                    entry.setSize(content.length);
                    entry.setCrc(sum.getValue());
                    zip.putNextEntry(entry);
                    zip.write(content);
                }
            }
        }
    }

    /** Runs a service for its first moments, as {@code docker/train} does, and ends it. */
    private void train(Path place) throws IOException, InterruptedException {
        String data = "--motorpool.data-dir=" + place;
        List<String> command = Stream.of(
                        Stream.of(java(), "-XX:AOTCacheOutput=" + cache),
                        Stream.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath, MAIN),
                        Stream.of("--server.port=0", data))
                .flatMap(part -> part)
                .toList();
        try (ServiceProcess service = ServiceProcess.start(new ProcessBuilder(command))) {
            service.post("/v1/map", "{\"function\":\"fib\",\"items\":[1,2,3]}");
            service.post("/v1/apply", "{\"function\":\"sleep\",\"args\":[0.01],\"timeout\":10}");
            service.post("/v1/imap", "{\"function\":\"echo\",\"items\":[1,2,3],\"pool\":\"coroutines\"}");
            service.post("/v1/apply_async", "{\"function\":\"echo\",\"args\":[1]}");
            service.get("/v1/jobs?limit=1");
            service.get("/actuator/prometheus");
            service.terminate();
            service.awaitEnd();
            if (!Files.exists(cache)) {
                throw new AssertionError("the training made no cache: " + service.output());
            }
        }
        try (Stream<Path> left = Files.list(place)) {
            for (Path file : left.toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith("motorpool.db") || name.equals("webhook-secret")) {
                    Files.delete(file);
                }
            }
        }
    }
}
