package dev.motorpool.app;

import dev.motorpool.app.settings.HttpSection;
import dev.motorpool.app.settings.MotorpoolSettings;
import dev.motorpool.app.settings.TenantEntries;
import dev.motorpool.detached.DetachedEngine;
import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.store.JobCensus;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.http.route.Caller;
import dev.motorpool.http.route.HttpSettings;
import dev.motorpool.http.route.RequestEvents;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.request.DefaultPools;
import dev.motorpool.job.stream.OpenStreams;
import dev.motorpool.job.waited.AdmissionSwitch;
import dev.motorpool.metrics.PoolLoads;
import dev.motorpool.metrics.PoolMetrics;
import dev.motorpool.metrics.RequestMetrics;
import dev.motorpool.metrics.VisibleMetrics;
import dev.motorpool.trace.OpenTelemetrySpans;
import dev.motorpool.trace.Spans;
import dev.motorpool.webhook.DeliveryScheduler;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusScrapeEndpoint;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/** Spring configuration of what is made from the engine, and of services that start and stop with the process. */
@Configuration(proxyBeanMethods = false)
class ServiceConfiguration {

    @Bean
    DefaultPools defaultPools(Engine engine) {
        MotorpoolSettings.DefaultPool defaults = engine.settings.defaultPool();
        return new DefaultPools(defaults.cpu(), defaults.io(), engine.commands);
    }

    @Bean
    HttpSettings httpSettings(Engine engine, Environment environment) {
        HttpSection http = engine.settings.http();
        HttpSettings defaults = HttpSettings.defaults(environment);
        DataSize bodies = http.bodyBudget();
        DataSize answers = http.answerBudget();
        DataSize streams = http.streamBudget();
        return new HttpSettings(
                Set.copyOf(http.allowedHosts()),
                (int) http.bodyLimit().toBytes(),
                orElse(http.items(), defaults.items()),
                bodies == null ? defaults.bodyBudget() : bodies.toBytes(),
                http.bodyTimeout().value(),
                answers == null ? defaults.answerBudget() : answers.toBytes(),
                http.answerTimeout().value(),
                streams == null ? defaults.streamBudget() : streams.toBytes(),
                http.streamIdle().value(),
                engine.keys,
                orElse(http.requestsPerCaller(), defaults.requestsPerCaller()),
                engine.tenants);
    }

    private static int orElse(@Nullable Integer given, int standard) {
        return given == null ? standard : given;
    }

    @Bean
    RequestEvents requestEvents(Engine engine, PrometheusMeterRegistry registry) {
        return new RequestMetrics(registry, engine.tenantMetrics);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    AdmissionSwitch intake() {
        return new AdmissionSwitch();
    }

    /** Ids continue to increase if the store's newest job is ahead of the clock. */
    @Bean
    JobIds jobIds(Engine engine, Clock clock) {
        return new JobIds(clock, engine.detached.newestJob());
    }

    @Bean
    DetachedJobs detachedJobs(Engine engine, AdmissionSwitch admission, JobIds ids, Clock clock) {
        return new DetachedJobs(engine.detached, admission, ids, clock);
    }

    /** Part of readiness: without the store no job can be accepted. */
    @Bean
    HealthIndicator store(Engine engine) {
        return () -> (engine.detached.reachable() ? Health.up() : Health.outOfService()).build();
    }

    @Bean
    OpenStreams openStreams() {
        return new OpenStreams();
    }

    @Bean
    PoolMetrics poolMetrics(Engine engine, OpenStreams streams, PrometheusMeterRegistry registry) {
        DetachedEngine detached = engine.detached;
        JobCensus census = detached.census();
        engine.jobMetrics.bindTo(
                registry,
                registry.getPrometheusRegistry(),
                census::take,
                engine.functions.get().all().stream()
                        .map(FunctionDefinition::name)
                        .toList());
        engine.tenantMetrics.bindTo(
                registry, census::unfinished, census::bytes, TenantEntries.withBytes(engine.tenants));
        engine.sourceMetrics.bindTo(registry, engine.functions::all);
        DeliveryScheduler scheduler = engine.scheduler;
        engine.deliveryMetrics.bindTo(registry, engine.detached.deliveries()::pending, scheduler::secondsOverdue);
        PoolMetrics metrics = new PoolMetrics(
                registry,
                pool -> new PoolLoads.Load(
                        detached.queued(pool), census.take().pool(pool).oldest(), streams.load(pool)));
        Gauge.builder("motorpool.jobs.unfinished", detached, DetachedEngine::outstanding)
                .description("Detached jobs that have not ended")
                .register(registry);
        Gauge.builder("motorpool.store.reachable", detached, each -> each.reachable() ? 1 : 0)
                .description("1 while the store takes what is written, else 0")
                .register(registry);
        engine.events.listen(metrics);
        return metrics;
    }

    /** Replaces Boot's own, which shows every caller the metrics of all tenants. */
    @Bean
    PrometheusScrapeEndpoint prometheusEndpoint(PrometheusRegistry registry, PrometheusConfig config) {
        return new PrometheusScrapeEndpoint(
                new VisibleMetrics(registry, ServiceConfiguration::sees), config.prometheusProperties());
    }

    /** Whether the caller of the current request may see this tenant; false outside of a request. */
    private static boolean sees(String tenant) {
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        return request != null
                && request.getAttribute(Caller.ATTRIBUTE, RequestAttributes.SCOPE_REQUEST) instanceof Caller caller
                && caller.tenant().sees(tenant);
    }

    /** An OpenTelemetry bean exists only if traces are configured. */
    @Bean
    Spans spans(Engine engine, ObjectProvider<OpenTelemetry> openTelemetry) {
        openTelemetry.ifAvailable(each -> engine.spans.keepIn(new OpenTelemetrySpans(each)));
        return engine.spans;
    }

    @Bean
    static LazyDocument lazyDocument() {
        return new LazyDocument();
    }

    @Bean
    OneWayReadiness readiness() {
        return new OneWayReadiness();
    }

    @Bean
    ReadinessGate ready(Engine engine, OneWayReadiness readiness, Environment environment) {
        return new ReadinessGate(engine, readiness, environment);
    }

    @Bean
    GracefulShutdown stop(Engine engine, AdmissionSwitch admission) {
        return new GracefulShutdown(engine, admission);
    }
}
