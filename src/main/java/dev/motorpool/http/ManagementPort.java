package dev.motorpool.http;

import dev.motorpool.http.auth.HostRule;
import dev.motorpool.http.auth.KeyCheck;
import dev.motorpool.http.auth.RequestFilter;
import dev.motorpool.http.route.AnswerWriter;
import dev.motorpool.http.route.BodyReader;
import dev.motorpool.http.route.Dispatch;
import dev.motorpool.http.route.RequestEvents;
import dev.motorpool.http.route.RequestShares;
import dev.motorpool.http.route.Routes;
import dev.motorpool.http.server.ConnectionRoom;
import dev.motorpool.trace.Spans;
import java.util.List;
import java.util.Set;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Installs the same filter on the actuator's own port, if one is configured. That port is a separate Tomcat. The class
 * is registered as a management context configuration; the component scan does not find it.
 */
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
public class ManagementPort {

    @Bean
    FilterRegistrationBean<RequestFilter> managementGate(
            HostRule hosts,
            KeyCheck keys,
            RequestShares shares,
            BodyReader bodies,
            AnswerWriter answers,
            RequestEvents events) {
        return HttpConfiguration.registered(gate(hosts, keys, shares, bodies, answers, events));
    }

    /** Runs after Boot's own customizer, which sets an error page that does not use problem documents. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> managementTomcat(
            HostRule hosts,
            KeyCheck keys,
            RequestShares shares,
            BodyReader bodies,
            AnswerWriter answers,
            RequestEvents events) {
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> usual =
                HttpConfiguration.customizer(hosts, gate(hosts, keys, shares, bodies, answers, events));
        return factory -> {
            usual.customize(factory);
            HttpConfiguration.limitConnections(factory, ConnectionRoom.MANAGEMENT);
            factory.setErrorPages(Set.of());
        };
    }

    /** A filter without routes of the API. */
    private static RequestFilter gate(
            HostRule hosts,
            KeyCheck keys,
            RequestShares shares,
            BodyReader bodies,
            AnswerWriter answers,
            RequestEvents events) {
        return new RequestFilter(
                hosts, keys, shares, new Routes(List.of()), new Dispatch(bodies, answers), events, Spans.NONE);
    }
}
