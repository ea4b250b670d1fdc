package dev.motorpool.hostile;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** A route in the service's own OpenAPI document. */
record Route(String method, String path) {

    private static final List<String> PATHS = List.of(
            "x", "%00", "%ff%fe", "..%2f..", "%2e%2e", "a".repeat(4000), "00000000-0000-7000-8000-000000000000", "-1");

    private static final List<String> QUERIES = List.of(
            "x=1",
            "limit=0",
            "limit=-1",
            "limit=99999999999999999999",
            "cursor=" + "A".repeat(3000),
            "wait=1e308",
            "wait=-1",
            "timeout=NaN",
            "after=-2",
            "order=x",
            "state=" + "x".repeat(3000),
            "tag=:",
            "tag=" + "%f0%9f%92%a9".repeat(200),
            "a=1&".repeat(1000),
            "function=echo&chunksize=0&window=99999999999");

    private static final List<String> BODIES = List.of(
            "null",
            "[]",
            "0",
            "\"",
            "{",
            "[".repeat(100_000),
            "{\"a\":".repeat(10_000),
            "{\"function\":1}",
            "{\"function\":\"echo\",\"args\":{},\"items\":0}",
            "{\"function\":\"echo\",\"args\":[1e999999999]}",
            "{\"function\":\"echo\",\"args\":[" + "9".repeat(5000) + "]}",
            "{\"function\":\"echo\",\"function\":\"echo\"}",
            "{\"function\":\"echo\",\"args\":[1],\"timeout\":1e300,\"priority\":1e300}",
            "{\"function\":\"echo\",\"items\":[1],\"chunksize\":2147483648,\"window\":2147483648}",
            "{\"function\":\"echo\",\"args\":[1],\"delay\":1e18,\"retain\":1e18,\"retries\":1e18}",
            "{\"function\":\"echo\",\"args\":[1],\"start_at\":\"+999999999-12-31T23:59:60Z\"}",
            "{\"ids\":[\"" + "x".repeat(100_000) + "\"],\"timeout\":1e9}",
            "{\"ids\":[" + "\"x\",".repeat(1001) + "\"x\"]}",
            "{\"kind\":\"process\",\"size\":1e9}",
            "{\"kind\":\"coroutine\",\"size\":1000001,\"memory_limit\":-1}",
            IntStream.range(0, 20_000).mapToObj(i -> "\"m" + i + "\":0").collect(Collectors.joining(",", "{", "}")));

    /** All routes. */
    static List<Route> of(Attacked service) throws IOException {
        List<Route> routes = new ArrayList<>();
        JsonNode paths = service.operate("GET", "/v3/api-docs", "").get("paths");
        paths.propertyStream().forEach(path -> path.getValue()
                .propertyStream()
                .forEach(operation ->
                        routes.add(new Route(operation.getKey().toUpperCase(Locale.ROOT), path.getKey()))));
        return routes;
    }

    /** Requests to this route that it should refuse, or survive. */
    List<Request> misuses() {
        List<Request> requests = new ArrayList<>();
        String some = path.replaceAll("\\{[^}]*}", "x");
        for (String place : PATHS) {
            requests.add(keyed(method, path.replaceAll("\\{[^}]*}", place)));
        }
        for (String query : QUERIES) {
            requests.add(keyed(method, some + "?" + query));
        }
        for (String body : BODIES) {
            requests.add(keyed(method, some).json(Body.of(body)));
        }
        for (String other : List.of("HEAD", "OPTIONS", "PATCH", "TRACE", "X".repeat(2000))) {
            requests.add(keyed(other, some));
        }
        return requests;
    }

    private static Request keyed(String method, String target) {
        return Request.of(method, target).key(Attacked.ATTACKER);
    }
}
