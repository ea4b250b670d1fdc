package dev.motorpool.app;

import dev.motorpool.function.FunctionRegistry;
import dev.motorpool.function.UrlRule;
import dev.motorpool.function.builtin.Builtins;
import dev.motorpool.metrics.EarlyEvents;
import dev.motorpool.pool.EngineLimits;
import dev.motorpool.pool.InvalidSettingException;
import dev.motorpool.pool.PoolDirectory;
import dev.motorpool.pool.Pools;
import dev.motorpool.pool.SettingRules;
import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.wire.FrameCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * All of the service that is not HTTP: its directory, its functions, its pools. It is started before Spring makes the
 * rest, so that workers warm up meanwhile, and closed by {@link Stop} or, when the start fails, by whoever gave up.
 */
final class Engine implements AutoCloseable {

    private final MotorpoolSettings settings;
    private final DataDirectory dataDirectory;
    private final FunctionRegistry functions;
    private final UrlRule urls;
    private final EarlyEvents events;
    private final Pools pools;
    private final PoolDirectory directory;

    private Engine(MotorpoolSettings settings, DataDirectory dataDirectory) {
        this.settings = settings;
        this.dataDirectory = dataDirectory;
        this.functions = Builtins.registry(settings.demoFunctions());
        this.urls = Reach.urls(settings);
        this.events = new EarlyEvents();
        EngineLimits standard = EngineLimits.DEFAULT;
        int largest = (int) Math.max(settings.http().bodyLimit().toBytes(), standard.value());
        EngineLimits limits = new EngineLimits(
                largest + FrameCodec.FRAME_OVERHEAD, // whatever a body holds has room in a frame
                standard.value(),
                settings.worker().startTimeout().value(),
                standard.stop(),
                standard.stuck());
        Map<String, WorkerRuntime> runtimes = Runtimes.all(settings, dataDirectory.path(), limits);
        this.pools = new Pools(runtimes, events, limits);
        this.directory = new PoolDirectory(
                pools,
                new PoolFile(dataDirectory.path()),
                PoolEntries.patches(settings),
                new SettingRules(Runtime.getRuntime().availableProcessors(), runtimes.keySet(), functions, urls));
    }

    /**
     * Takes the data directory and starts the pools; their workers start in the background.
     *
     * @throws InvalidConfigurationException if that is not possible as things are configured
     */
    static Engine start(MotorpoolSettings settings) {
        DataDirectory dataDirectory = DataDirectory.open(Path.of(settings.dataDir()));
        try {
            Engine engine = new Engine(settings, dataDirectory);
            try {
                engine.open();
                return engine;
            } catch (RuntimeException | Error e) {
                engine.pools.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            dataDirectory.close();
            throw e;
        }
    }

    private void open() {
        try {
            directory.open();
        } catch (InvalidSettingException e) {
            throw new InvalidConfigurationException(
                    String.valueOf(e.getMessage()),
                    "Mend motorpool.pools" + e.pointer().replace('/', '.').replace('_', '-')
                            + ", or the pool's entry in " + dataDirectory.path().resolve("pools.json") + ".");
        } catch (IOException e) {
            throw new InvalidConfigurationException(
                    "The pools kept in " + dataDirectory.path() + " cannot be read: " + e + ".",
                    "Make the directory and the files in it readable and writable.");
        }
    }

    MotorpoolSettings settings() {
        return settings;
    }

    FunctionRegistry functions() {
        return functions;
    }

    UrlRule urls() {
        return urls;
    }

    EarlyEvents events() {
        return events;
    }

    Pools pools() {
        return pools;
    }

    PoolDirectory directory() {
        return directory;
    }

    /** Ends what still runs and gives the directory back. Again: does nothing. */
    @Override
    public void close() {
        pools.close();
        dataDirectory.close();
    }
}
