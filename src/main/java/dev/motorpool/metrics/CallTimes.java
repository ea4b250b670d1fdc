package dev.motorpool.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;

/**
 * The histograms of calls in the scraped registry.
 *
 * @param waiting from submission to start
 * @param running from start to end
 */
record CallTimes(TimeCollector waiting, TimeCollector running) {

    static CallTimes in(PrometheusRegistry registry) {
        CallTimes times = new CallTimes(
                new TimeCollector("motorpool_call_wait_seconds", "Time from submission to start of calls"),
                new TimeCollector("motorpool_call_run_seconds", "Run time of calls"));
        registry.register(times.waiting);
        registry.register(times.running);
        return times;
    }
}
