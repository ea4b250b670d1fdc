package dev.motorpool.app;

import dev.motorpool.app.settings.InvalidConfigurationException;
import dev.motorpool.app.settings.MotorpoolSettings;
import dev.motorpool.app.settings.SettingsReader;
import dev.motorpool.function.builtin.Builtins;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.pool.EngineLimits;
import dev.motorpool.pool.process.ProcessKiller;
import dev.motorpool.pool.process.WorkerHost;
import dev.motorpool.pool.process.WorkerProcess;
import dev.motorpool.pool.timer.Timers;
import dev.motorpool.runtime.ServiceMark;
import dev.motorpool.runtime.Spawner;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.source.Source;
import dev.motorpool.source.SourceEvents;
import dev.motorpool.source.SourcePools;
import dev.motorpool.source.Sources;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.FileSystemUtils;

/**
 * {@code java -jar motorpool.jar functions [directory]}: loads all sources as the service would, and prints their functions
 * and faults; for a CI job.
 */
final class FunctionsCommand {

    static final String NAME = "functions";

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG = 2;

    /** For all sources together; each has the start time of workers. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private static final SourcePools NO_POOLS = new SourcePools() {
        @Override
        public void provide(String runtime) {}

        @Override
        public void renew(String runtime) {}
    };

    private FunctionsCommand() {}

    /** Runs the command and prints its result; returns the exit code: 0 all is good, 1 a source failed, 2 wrong usage. */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.size() > 1) {
            err.println("Usage: functions [functions directory]");
            return WRONG;
        }
        LoggingSystem.get(FunctionsCommand.class.getClassLoader()).beforeInitialize();
        try {
            MotorpoolSettings settings = SettingsReader.read(new StandardEnvironment());
            Path directory = Path.of(arguments.isEmpty() ? settings.functions().directory() : arguments.getFirst());
            if (!Files.isDirectory(directory)) {
                err.println("There is no directory " + directory + ".");
                return WRONG;
            }
            return load(settings, directory, out);
        } catch (InvalidConfigurationException e) {
            err.println(e.getMessage());
            return WRONG;
        } catch (InvalidPathException e) {
            err.println(e.getMessage());
            return WRONG;
        } catch (IOException e) {
            err.println("The functions cannot be loaded: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static int load(MotorpoolSettings settings, Path directory, PrintStream out)
            throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("motorpool-functions");
        Spawner spawner = new Spawner();
        EngineLimits limits = EngineLimits.DEFAULT;
        Map<String, WorkerRuntime> runtimes = Runtimes.all(settings, work, limits, spawner);
        ProcessKiller killer = new ProcessKiller(spawner);
        ServiceMark mark = ServiceMark.unrelated();
        try (Timers timers = Timers.real();
                Sources sources = Sources.of(
                        new Sources.Settings(
                                directory,
                                work.resolve("sources"),
                                settings.worker().startTimeout().value(),
                                false),
                        Builtins.functions(settings.demoFunctions()).registry().all(),
                        Runtimes.withSources(runtimes),
                        (id, command, listener) -> new WorkerProcess(
                                id, new WorkerHost(mark, limits.frame(), spawner, killer, timers), command, listener),
                        NO_POOLS,
                        new SourceEvents() {},
                        Clock.systemUTC())) {
            sources.start();
            String fault = sources.awaitFirstLoad(LONGEST);
            if (fault != null) {
                out.println("FAILED " + fault);
            }
            return fault == null ? print(sources, out) : FAILED;
        } finally {
            FileSystemUtils.deleteRecursively(work);
        }
    }

    private static int print(Sources sources, PrintStream out) {
        for (FunctionDefinition function : sources.get().all()) {
            if (function.origin().source() != null) {
                out.println(function.name() + "\t" + function.origin().runtime() + "\t" + function.description());
            }
        }
        boolean failed = false;
        for (Source source : sources.all()) {
            if (source.state() == Source.State.FAILED) {
                failed = true;
                out.println("FAILED " + source.runtime() + "/" + source.file() + ": " + source.reason());
                if (source.traceback() != null) {
                    out.println(source.traceback().stripTrailing().indent(2).stripTrailing());
                }
            }
        }
        return failed ? FAILED : DONE;
    }
}
