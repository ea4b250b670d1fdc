package dev.motorpool.conform;

import dev.motorpool.runtime.CommandRuntime;
import dev.motorpool.runtime.InterpreterRuntime;
import dev.motorpool.runtime.JavaRuntime;
import dev.motorpool.runtime.JavaWorkerSettings;
import dev.motorpool.runtime.Language;
import dev.motorpool.runtime.LoadedSources;
import dev.motorpool.runtime.SourceRuntime;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.testing.PluginJar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The workers that the kit is run against, with its fixed functions. */
public final class ConformWorkers {

    static final int FRAME_LIMIT = JavaWorkerSettings.in(Path.of("")).frameLimit();

    private static final int VALUE_LIMIT = JavaWorkerSettings.in(Path.of("")).valueLimit();
    private static final Path DATA = Path.of("target", "test-workers");
    private static final Path SOURCES = Path.of("src", "test", "conform").toAbsolutePath();
    private static final List<String> NAMES = List.of("conform", "conform_broken");

    private static final String PLUG_IN = """
        public class Conform {
          @Function(name = "conform.echo") public static Object echo(Object value) { return value; }
          @Function(name = "conform.size") public static int size(String text) {
            return text.codePointCount(0, text.length());
          }
          @Function(name = "conform.text") public static String text(int count) { return "x".repeat(count); }
          @Function(name = "conform.fail") public static void fail(String message) {
            throw new IllegalStateException(message);
          }
          @Function(name = "conform.sleep") public static void sleep(double seconds) throws Exception {
            Thread.sleep(Math.round(seconds * 1000));
          }
          @Function(name = "conform.write") public static void write(String text) throws Exception {
            System.out.println(text);
            System.err.println(text);
            new java.io.FileOutputStream(java.io.FileDescriptor.out).write(text.getBytes());
          }
          @Function(name = "conform.unfit") public static Object unfit(String kind) {
            Object nested = List.of();
            for (int i = 0; i < 200; i++) nested = List.of(nested);
            return switch (kind) {
              case "nan" -> Double.NaN;
              case "deep" -> nested;
              default -> java.math.BigInteger.TEN.pow(4096);
            };
          }
          @Function(name = "conform.signal") public static void signal(int number, double seconds) throws Exception {
            sleep(seconds);
            long pid = ProcessHandle.current().pid();
            new ProcessBuilder("/bin/sh", "-c", "kill -" + number + " " + pid).start().waitFor();
          }
          @Function(name = "conform.exit") public static void exit(int code) { System.exit(code); }
          @Function(name = "conform.spawn") public static long spawn(double seconds) throws Exception {
            return new ProcessBuilder("sleep", Double.toString(seconds)).start().pid();
          }
        }\
        """;

    private ConformWorkers() {}

    /** Java workers with a plug-in, whose jar is made in this folder. */
    static WorkerRuntime java(Path folder) throws IOException {
        PluginJar.of(folder.resolve("conform.jar"), "Conform", PLUG_IN, "-parameters");
        Files.writeString(folder.resolve("conform_broken.jar"), "no jar");
        JavaRuntime runtime = new JavaRuntime("java", JavaWorkerSettings.in(DATA), new Spawner());
        runtime.use(new LoadedSources(folder, folder, NAMES));
        return runtime;
    }

    /** Workers of an interpreted language, as a service has them; null if there is no interpreter here. */
    public static @Nullable WorkerRuntime ofGoodSources(Language language) throws InterruptedException {
        return of(language, NAMES.subList(0, 1));
    }

    /** The same with a source that cannot be loaded. */
    static @Nullable WorkerRuntime of(Language language) throws InterruptedException {
        return of(language, NAMES);
    }

    private static @Nullable WorkerRuntime of(Language language, List<String> names) throws InterruptedException {
        Path folder = SOURCES.resolve(language.word());
        LoadedSources sources = new LoadedSources(folder, folder, names);
        SourceRuntime runtime = new InterpreterRuntime(
                language, new InterpreterRuntime.Settings(null, false, DATA, FRAME_LIMIT, VALUE_LIMIT), new Spawner());
        try {
            runtime.probe(sources);
        } catch (IOException none) {
            System.out.println("LEFT OUT: " + none.getMessage() + " Its worker was not tested.");
            return null;
        }
        runtime.use(sources);
        return runtime;
    }

    /** The path of Python; null if there is none. The program of its name may be a slow script. */
    static @Nullable String python() throws IOException, InterruptedException {
        Process python;
        try {
            python = new ProcessBuilder(
                            "python3", "-c", "import sys; print(sys.executable if sys.version_info >= (3, 9) else '')")
                    .start();
        } catch (IOException none) {
            return null;
        }
        String path = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return python.waitFor(1, TimeUnit.MINUTES) && !path.isEmpty() ? path : null;
    }

    /** Workers that are a script. */
    static WorkerRuntime script(String python, Path script, String... arguments) {
        List<String> command = new java.util.ArrayList<>(
                List.of(python, script.toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        return new CommandRuntime(command, FRAME_LIMIT);
    }

    /** What the kit writes. */
    static String results(WorkerRuntime runtime, ConformOptions options) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean good;
        try (PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8)) {
            good = new Conformance(runtime, FRAME_LIMIT, options).run(printed);
        }
        String results = out.toString(StandardCharsets.UTF_8);
        if (good == results.lines().anyMatch(line -> line.startsWith("not ok"))) {
            throw new AssertionError("the exit code says " + good + ": " + results);
        }
        return results;
    }
}
