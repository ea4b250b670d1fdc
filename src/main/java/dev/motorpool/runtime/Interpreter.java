package dev.motorpool.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Finds the interpreter of a language: the configured one, that of the functions' folder, or that in {@code PATH}. */
final class Interpreter {

    private static final long ANSWER_SECONDS = 20;
    private static final int MOST_ANSWER = 10_000;

    private final Language language;
    private final @Nullable String configured;
    private final Map<String, String> environment;
    private final Spawner spawner;

    /** @param environment of the interpreter, while it is asked for its version */
    Interpreter(Language language, @Nullable String configured, Map<String, String> environment, Spawner spawner) {
        this.language = language;
        this.configured = configured;
        this.environment = environment;
        this.spawner = spawner;
    }

    /**
     * The path of the interpreter itself: a name in {@code PATH} may lead to a slow script that looks for it.
     *
     * @param functions the functions' folder
     * @throws IOException if there is none, or it is too old; the message says what to do
     */
    String find(Path functions) throws IOException, InterruptedException {
        String candidate = candidate(functions);
        List<String> answer = ask(candidate);
        String version = answer.size() < 2 ? "" : answer.get(1);
        if (!version.matches("\\d{1,6}\\.\\d{1,6}\\..*")) {
            throw new IOException(candidate + " does not tell its version; " + advice());
        }
        if (!language.isNewEnough(version)) {
            throw new IOException(candidate + " is version " + version + ", which is too old; " + advice());
        }
        return answer.getFirst();
    }

    private String candidate(Path functions) {
        if (configured != null) {
            return configured;
        }
        Path own = language.ownInterpreter(functions);
        return own != null && Files.isExecutable(own) ? own.toAbsolutePath().toString() : language.interpreter();
    }

    private String advice() {
        return "install " + language.least() + " or newer, or set motorpool.runtimes." + language.word()
                + ".interpreter.";
    }

    private List<String> ask(String candidate) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(candidate));
        command.addAll(language.question());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process;
        try {
            process = spawner.start(builder);
        } catch (IOException none) {
            boolean missing = String.valueOf(none.getMessage()).contains("No such file");
            throw new IOException(
                    missing
                            ? "there is no " + candidate + ": " + advice()
                            : candidate + " cannot be started: " + none.getMessage() + "; " + advice(),
                    none);
        }
        try (InputStream out = process.getInputStream()) {
            if (!process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(candidate + " has not told its version in " + ANSWER_SECONDS + " s; " + advice());
            }
            return new String(out.readNBytes(MOST_ANSWER), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } finally {
            process.destroyForcibly();
        }
    }
}
