package dev.motorpool.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A CPython interpreter and the script for comparisons.
 *
 * @param executable the interpreter itself: {@code python3} may be a slow wrapper script
 * @param gevent its version; null if it is not installed
 */
record Python(String executable, String version, @Nullable String gevent, Path script) {

    private static final long LOOK_SECONDS = 20;

    /** The interpreter behind this command; null if there is none. */
    static @Nullable Python find(String command, Path folder) throws IOException {
        Path script = folder.resolve("baseline.py");
        try (InputStream text = Objects.requireNonNull(Python.class.getResourceAsStream("baseline.py"))) {
            Files.copy(text, script, StandardCopyOption.REPLACE_EXISTING);
        }
        try (Session session = new Session(List.of(command, script.toString(), "about"))) {
            JsonNode about = session.answer();
            JsonNode gevent = about.get("gevent");
            return new Python(
                    about.get("executable").asString(),
                    about.get("version").asString(),
                    gevent.isNull() ? null : gevent.asString(),
                    script);
        } catch (IOException none) {
            return null;
        }
    }

    /** Starts a part of the script. */
    Session session(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(executable, script.toString()));
        command.addAll(List.of(arguments));
        return new Session(command);
    }

    /** A running script: reads commands and answers them, a line each. */
    static final class Session implements AutoCloseable {

        private final Process process;
        private final BufferedReader answers;
        private final Writer orders;

        private Session(List<String> command) throws IOException {
            process = Children.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
            answers = process.inputReader(StandardCharsets.UTF_8);
            orders = process.outputWriter(StandardCharsets.UTF_8);
        }

        JsonNode ask(String order) throws IOException {
            orders.write(order + "\n");
            orders.flush();
            return answer();
        }

        JsonNode answer() throws IOException {
            String line = answers.readLine();
            if (line == null) {
                throw new IOException("python ended without an answer");
            }
            return JsonMapper.shared().readTree(line);
        }

        /** Calls per second with this many threads. */
        double rate(int threads, double seconds) throws IOException {
            return ask(threads + " " + seconds).get("per_second").asDouble();
        }

        long pid() {
            return process.pid();
        }

        @Override
        public void close() throws IOException {
            orders.close();
            try {
                process.waitFor(LOOK_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
            }
            Children.end(process);
        }
    }
}
