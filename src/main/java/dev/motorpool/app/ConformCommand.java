package dev.motorpool.app;

import dev.motorpool.conform.ConformOptions;
import dev.motorpool.conform.Conformance;
import dev.motorpool.pool.EngineLimits;
import dev.motorpool.runtime.CommandRuntime;
import dev.motorpool.runtime.WorkerCommand;
import dev.motorpool.runtime.WorkerRuntime;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.logging.LoggingSystem;

/** {@code java -jar motorpool.jar conform -- COMMAND [ARG...]}: tests a worker of any language. */
final class ConformCommand {

    static final String NAME = "conform";

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG = 2;

    private ConformCommand() {}

    /** Runs the command and prints its result; returns the exit code: 0 all is good, 1 a test failed, 2 wrong usage. */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        LoggingSystem.get(ConformCommand.class.getClassLoader()).beforeInitialize();
        try {
            ConformOptions options = ConformOptions.of(arguments);
            Path functions = options.functions();
            if (functions != null && !Files.isDirectory(functions)) {
                throw new IllegalArgumentException("There is no directory " + functions + ".");
            }
            int frameLimit = EngineLimits.DEFAULT.frame();
            WorkerRuntime runtime = new CommandRuntime(options.command(), frameLimit);
            return new Conformance(functions == null ? runtime : loading(functions, runtime), frameLimit, options)
                            .run(out)
                    ? DONE
                    : FAILED;
        } catch (IllegalArgumentException wrong) {
            err.println(wrong.getMessage());
            err.print(ConformOptions.USAGE);
            return WRONG;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    /** Workers that load their functions from a directory. */
    private static WorkerRuntime loading(Path functions, WorkerRuntime runtime) {
        String place = functions.toAbsolutePath().toString();
        return shape -> {
            WorkerCommand command = runtime.command(shape);
            Map<String, String> environment = new HashMap<>(command.environment());
            environment.put("MOTORPOOL_FUNCTIONS", place);
            environment.put("MOTORPOOL_FUNCTIONS_PLACE", place);
            return new WorkerCommand(command.command(), environment);
        };
    }
}
