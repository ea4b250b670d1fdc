package dev.motorpool.documents;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A bash that runs commands one after another, as a reader types them. Used by one thread. */
final class Shell implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 120;
    private static final String MARK = "<<end of output>>";

    private final Process bash;
    private final Writer input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Thread reader;

    /** What a command printed, to standard output and standard error, and its exit status. */
    record Answer(int status, String output) {}

    Shell(Path folder, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "--noprofile", "--norc")
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        bash = builder.start();
        input = new OutputStreamWriter(bash.getOutputStream(), StandardCharsets.UTF_8);
        reader = Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(bash.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException end) {
            lines.add(end.toString());
        }
    }

    /** Runs the command in this shell, with an empty standard input. */
    Answer run(String command) throws IOException, InterruptedException {
        input.write("{ " + command + "\n} </dev/null\nprintf '\\n%s%s\\n' '" + MARK + "' $?\n");
        input.flush();
        StringBuilder output = new StringBuilder();
        while (true) {
            String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new AssertionError(command + " did not end; it printed: " + output);
            }
            if (line.startsWith(MARK)) {
                return new Answer(
                        Integer.parseInt(line.substring(MARK.length())),
                        output.toString().strip());
            }
            output.append(line).append('\n');
        }
    }

    /** Ends what the commands left running, then the shell. */
    @Override
    public void close() throws IOException {
        List<ProcessHandle> left = bash.descendants().toList();
        left.forEach(ProcessHandle::destroy);
        try {
            for (ProcessHandle each : left) {
                end(each);
            }
            bash.destroyForcibly().waitFor();
            input.close();
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while " + bash + " was ended", e);
        }
    }

    private static void end(ProcessHandle process) throws InterruptedException {
        try {
            process.onExit().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException stays) {
            process.destroyForcibly();
        }
    }
}
