package dev.motorpool.http;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.function.signature.UrlRule;
import dev.motorpool.http.api.AsyncApi;
import dev.motorpool.http.api.DeliveryApi;
import dev.motorpool.http.api.FunctionApi;
import dev.motorpool.http.api.JobApi;
import dev.motorpool.http.api.JobListApi;
import dev.motorpool.http.api.JobStreamApi;
import dev.motorpool.http.api.JobWaitApi;
import dev.motorpool.http.api.PoolApi;
import dev.motorpool.http.api.SourceApi;
import dev.motorpool.http.api.StreamApi;
import dev.motorpool.http.api.SyncApi;
import dev.motorpool.http.api.WorkerApi;
import dev.motorpool.http.auth.HostRule;
import dev.motorpool.http.auth.KeyCheck;
import dev.motorpool.http.auth.ProblemValve;
import dev.motorpool.http.auth.RejectionEvents;
import dev.motorpool.http.auth.RequestFilter;
import dev.motorpool.http.render.JobAnswer;
import dev.motorpool.http.route.AnswerWriter;
import dev.motorpool.http.route.BodyReader;
import dev.motorpool.http.route.Dispatch;
import dev.motorpool.http.route.HttpSettings;
import dev.motorpool.http.route.RequestEvents;
import dev.motorpool.http.route.RequestShares;
import dev.motorpool.http.route.Route;
import dev.motorpool.http.route.Routes;
import dev.motorpool.http.server.ClientWatch;
import dev.motorpool.http.server.ConnectionRoom;
import dev.motorpool.http.server.ConnectionValve;
import dev.motorpool.http.server.WatchedProtocol;
import dev.motorpool.http.stream.LiveStream;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.request.AsyncReader;
import dev.motorpool.job.request.CallReader;
import dev.motorpool.job.request.DefaultPools;
import dev.motorpool.job.request.ItemsReader;
import dev.motorpool.job.stream.OpenStreams;
import dev.motorpool.job.stream.StreamBudget;
import dev.motorpool.job.stream.Streams;
import dev.motorpool.job.waited.AdmissionSwitch;
import dev.motorpool.job.waited.Apply;
import dev.motorpool.job.waited.Maps;
import dev.motorpool.pool.PoolDirectory;
import dev.motorpool.pool.Pools;
import dev.motorpool.source.Sources;
import dev.motorpool.trace.Spans;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springdoc.webmvc.ui.SwaggerIndexTransformer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Spring configuration of the HTTP layer: creates its beans and installs them in Tomcat. The application provides the
 * functions, the pools, the default pools, the URL rule, the admission switch, the detached jobs, the job ids, the
 * clock, the {@link HttpSettings}, and the listeners for rejections and answered requests.
 */
@Configuration(proxyBeanMethods = false)
public class HttpConfiguration {

    @Bean
    Routes routes(
            Sources functions,
            DefaultPools defaultPools,
            Pools pools,
            PoolDirectory directory,
            @Qualifier("urls") UrlRule urls,
            @Qualifier("webhookUrls") UrlRule webhookUrls,
            AdmissionSwitch admission,
            JobIds ids,
            OpenStreams openStreams,
            DetachedJobs jobs,
            ClientWatch watch,
            BodyReader bodies,
            AnswerWriter answers,
            HttpSettings settings,
            Clock clock) {
        List<Route> all = new ArrayList<>();
        all.addAll(new FunctionApi(functions, defaultPools).routes());
        all.addAll(new SourceApi(functions).routes());
        all.addAll(new PoolApi(pools, directory, defaultPools, jobs).routes());
        all.addAll(new WorkerApi(pools).routes());
        CallReader reader = new CallReader(functions, pools, defaultPools, urls);
        ItemsReader items = new ItemsReader(reader, urls, settings.items());
        Apply apply = new Apply(admission, ids, clock);
        all.addAll(new SyncApi(reader, items, apply, new Maps(admission, ids, clock), watch).routes());
        Streams streams = new Streams(admission, ids, urls, openStreams, new StreamBudget(settings.streamBudget()));
        all.addAll(new StreamApi(items, streams, settings, bodies.budget()).routes());
        JobAnswer answer = new JobAnswer(jobs, answers);
        all.addAll(new AsyncApi(new AsyncReader(reader, items, webhookUrls, clock), jobs, answer, admission).routes());
        all.addAll(new JobListApi(jobs).routes());
        all.addAll(new JobWaitApi(jobs, answer, watch).routes());
        all.addAll(new JobApi(jobs, answer).routes());
        all.addAll(new DeliveryApi(jobs).routes());
        LiveStream live = new LiveStream(watch, settings.streamIdle());
        all.addAll(new JobStreamApi(jobs, answer, live).routes());
        return new Routes(all);
    }

    @Bean
    ClientWatch clientWatch(AdmissionSwitch admission) {
        return new ClientWatch(admission);
    }

    @Bean
    HostRule hostRule(HttpSettings settings) {
        return new HostRule(settings.allowedHosts(), !settings.keys().isEmpty());
    }

    @Bean
    KeyCheck keyCheck(HttpSettings settings, RejectionEvents rejections) {
        return new KeyCheck(settings.keys(), rejections);
    }

    @Bean
    RequestShares requestShares(HttpSettings settings, RequestEvents events) {
        return new RequestShares(settings, events);
    }

    @Bean
    @Lazy // the page may never be opened
    SwaggerIndexTransformer swaggerPage() {
        return new SwaggerPage();
    }

    @Bean
    BodyReader bodyReader(HttpSettings settings) {
        return new BodyReader(settings);
    }

    @Bean
    AnswerWriter answerWriter(HttpSettings settings) {
        return new AnswerWriter(settings);
    }

    @Bean
    RequestFilter gate(
            HostRule hosts,
            KeyCheck keys,
            RequestShares shares,
            Routes routes,
            BodyReader bodies,
            AnswerWriter answers,
            RequestEvents events,
            Spans spans) {
        return new RequestFilter(hosts, keys, shares, routes, new Dispatch(bodies, answers), events, spans);
    }

    @Bean
    FilterRegistrationBean<RequestFilter> gateRegistration(RequestFilter filter) {
        return registered(filter);
    }

    static FilterRegistrationBean<RequestFilter> registered(RequestFilter filter) {
        FilterRegistrationBean<RequestFilter> registration = new FilterRegistrationBean<>(filter);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        registration.addUrlPatterns("/*");
        return registration;
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> connections(Environment environment) {
        int most = ConnectionRoom.of(environment);
        return factory -> limitConnections(factory, most);
    }

    static void limitConnections(TomcatServletWebServerFactory factory, int most) {
        factory.addConnectorCustomizers(
                connector -> ((AbstractHttp11Protocol<?>) connector.getProtocolHandler()).setMaxConnections(most));
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcat(HostRule hosts, RequestFilter filter) {
        return customizer(hosts, filter);
    }

    static WebServerFactoryCustomizer<TomcatServletWebServerFactory> customizer(HostRule hosts, RequestFilter filter) {
        return factory -> {
            factory.setProtocol(WatchedProtocol.class.getName());
            factory.addEngineValves(new ConnectionValve());
            factory.addConnectorCustomizers(connector -> {
                // The filter rejects TRACE itself, with the methods that the path allows.
                connector.setAllowTrace(true);
                AbstractHttp11Protocol<?> protocol = (AbstractHttp11Protocol<?>) connector.getProtocolHandler();
                // A client that sends Expect: 100-continue receives it only after all checks of the head have passed.
                protocol.setContinueResponseTiming("onRead");
            });
            factory.addContextCustomizers(context -> {
                StandardHost host = (StandardHost) context.getParent();
                host.setErrorReportValveClass("");
                host.getPipeline().addValve(new ProblemValve(hosts, filter));
            });
        };
    }

    @Bean
    RouterFunction<ServerResponse> apiDocument() {
        return ApiDocument.routes();
    }
}
