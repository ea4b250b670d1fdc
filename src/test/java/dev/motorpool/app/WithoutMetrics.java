package dev.motorpool.app;

import dev.motorpool.http.route.RequestEvents;
import dev.motorpool.metrics.PoolMetrics;
import dev.motorpool.pool.PoolEvents;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/**
 * For the benchmark: a service that counts and times no requests or calls. A filter of the registry is not enough: the
 * service's own classes would still time and look up what is then discarded.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("bench.without-metrics")
public class WithoutMetrics {

    @Bean
    @Primary
    static RequestEvents uncountedRequests() {
        return (method, template, status, nanos) -> {};
    }

    /** Replaces the metrics, which are already listening. */
    @Bean
    static SmartInitializingSingleton uncountedCalls(Engine engine, PoolMetrics metrics) {
        return () -> engine.events.listen(new Nobody());
    }

    private static final class Nobody implements PoolEvents {

        @Override
        public void itemsEnded(
                String pool, String function, String outcome, long calls, long queueNanos, long runNanos) {}
    }
}
