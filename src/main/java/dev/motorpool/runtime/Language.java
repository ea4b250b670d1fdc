package dev.motorpool.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A language whose workers are run by an interpreter. */
public enum Language {
    PYTHON(
            "Python 3.9",
            3,
            9,
            "python3",
            ".venv/bin/python",
            List.of("-c", "import sys; print(sys.executable); print('%d.%d.%d' % sys.version_info[:3])")) {
        @Override
        List<String> program(Path home) {
            return List.of("-m", "motorpool.worker");
        }

        @Override
        Map<String, String> variables(Path home) {
            return Map.of("PYTHONPATH", home.toString());
        }

        @Override
        boolean forks() {
            return true;
        }
    },

    NODE("Node.js 20.6", 20, 6, "node", null, List.of("-p", "process.execPath + '\\n' + process.versions.node")) {
        @Override
        List<String> program(Path home) {
            return List.of(home.resolve("worker.mjs").toString());
        }

        @Override
        Map<String, String> variables(Path home) {
            return Map.of();
        }
    };

    private final String least;
    private final int major;
    private final int minor;
    private final String interpreter;
    private final @Nullable String ownInterpreter;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> question;

    Language(
            String least,
            int major,
            int minor,
            String interpreter,
            @Nullable String ownInterpreter,
            List<String> question) {
        this.least = least;
        this.major = major;
        this.minor = minor;
        this.interpreter = interpreter;
        this.ownInterpreter = ownInterpreter;
        this.question = question;
    }

    /** The name of the runtime, of its folder and of its first pool. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The oldest version that can be used, as {@code Python 3.9}. */
    String least() {
        return least;
    }

    /** The interpreter that is looked for in {@code PATH}. */
    String interpreter() {
        return interpreter;
    }

    /** The interpreter that is used if the functions' folder has it; null if the language has no such thing. */
    @Nullable
    Path ownInterpreter(Path functions) {
        return ownInterpreter == null ? null : functions.resolve(ownInterpreter);
    }

    /** Arguments with which the interpreter prints its path and its version, each on a line. */
    List<String> question() {
        return question;
    }

    /** Whether a version, as {@code 3.11.7}, is new enough; it has at least two parts. */
    boolean isNewEnough(String version) {
        String[] parts = version.split("\\.", -1);
        int hasMajor = Integer.parseInt(parts[0]);
        return hasMajor > major || (hasMajor == major && Integer.parseInt(parts[1]) >= minor);
    }

    /** Whether workers can be forked from a template. */
    boolean forks() {
        return false;
    }

    /** The interpreter's arguments that start a worker. */
    abstract List<String> program(Path home);

    /** Variables with which a worker finds its package. */
    abstract Map<String, String> variables(Path home);
}
