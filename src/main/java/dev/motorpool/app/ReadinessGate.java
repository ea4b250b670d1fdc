package dev.motorpool.app;

import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolState;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Delays readiness until the pools have workers, have failed to start any, or a time limit is over. Spring reports
 * readiness when all runners have returned.
 */
final class ReadinessGate implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(ReadinessGate.class);
    private static final long LOOK_MILLIS = 5;

    private final Engine engine;
    private final OneWayReadiness readiness;
    private final Environment environment;

    ReadinessGate(Engine engine, OneWayReadiness readiness, Environment environment) {
        this.engine = engine;
        this.readiness = readiness;
        this.environment = environment;
    }

    /** @throws SpringApplication.AbandonedRunException if the service was stopped meanwhile */
    @Override
    public void run(ApplicationArguments arguments) throws InterruptedException {
        List<Pool> pools = engine.pools.all();
        long deadline = System.nanoTime()
                + engine.settings.worker().startTimeout().value().toNanos();
        while (!readiness.isStopping()
                && pools.stream().anyMatch(pool -> pool.view().state() == PoolState.STARTING)
                && System.nanoTime() - deadline < 0) {
            Thread.sleep(LOOK_MILLIS);
        }
        if (!readiness.isStopping()) {
            StartGarbage.giveBack();
        }
        if (!readiness.unlessStopping(() -> tell(pools))) {
            throw new SpringApplication.AbandonedRunException();
        }
    }

    private void tell(List<Pool> pools) {
        long millis = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        LOG.info(
                "Ready on {}://{}:{} after {} s: {} functions, pools {}",
                Binder.get(environment)
                                .bind("server.ssl", Bindable.mapOf(String.class, String.class))
                                .isBound()
                        ? "https"
                        : "http",
                environment.getProperty("server.address"),
                environment.getProperty("local.server.port"),
                "%.1f".formatted(millis / 1e3),
                engine.functions.get().all().size(),
                pools.stream()
                        .map(pool -> pool.name() + " (" + pool.view().state().word() + ")")
                        .collect(Collectors.joining(", ")));
    }
}
