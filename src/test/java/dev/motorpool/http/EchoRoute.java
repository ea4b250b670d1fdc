package dev.motorpool.http;

import dev.motorpool.http.auth.RequestFilter;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.Route;
import dev.motorpool.http.route.Routes;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.MemberNames;
import dev.motorpool.json.Members;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.web.servlet.FilterRegistrationBean;

/**
 * For the benchmark: a route that reads the body of an {@code apply} as strictly as {@code apply} does, and answers
 * with its members. The difference to {@code apply} is the work of pool and worker. It also exempts the paths of the
 * benchmark's Spring controller from the filter.
 */
public final class EchoRoute implements BeanPostProcessor {

    private static final MemberNames NAMES =
            MemberNames.of("function", "args", "kwargs", "pool", "timeout", "expires", "priority", "tags");

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof Routes routes) {
            List<Route> all = new ArrayList<>(routes.all());
            all.add(Route.of("POST", "/v1/bench-echo", "benchEcho", EchoRoute::echo)
                    .takes("Call"));
            return new Routes(all);
        }
        if (bean instanceof FilterRegistrationBean<?> registration
                && registration.getFilter() instanceof RequestFilter) {
            registration.setUrlPatterns(List.of("/v1/*", "/actuator/*"));
        }
        return bean;
    }

    private static void echo(ApiRequest apiRequest) throws Exception {
        Members members = StrictJson.members(apiRequest.body(), NAMES);
        JsonWriter json = new JsonWriter();
        json.beginObject();
        for (String name : NAMES.names()) {
            RawJson value = members.get(name);
            if (value != null) {
                json.name(name).value(value);
            }
        }
        json.endObject();
        apiRequest.answer(200, json);
    }
}
