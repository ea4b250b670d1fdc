package dev.motorpool.http.route;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.Right;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All routes of the API, found by path. */
public final class Routes {

    /** Suggestions by a method and a path that does not accept it. */
    private static final Map<String, String> MEANT = Map.ofEntries(
            Map.entry("POST /v1/pools", "To make or change a pool use PUT /v1/pools/{name}."),
            Map.entry("PUT /v1/pools", "To make or change a pool use PUT /v1/pools/{name}."),
            Map.entry("DELETE /v1/pools", "To delete a pool use DELETE /v1/pools/{name}."),
            Map.entry("POST /v1/pools/{name}", "To make or change a pool use PUT."),
            Map.entry("PATCH /v1/pools/{name}", "To change a pool use PUT; settings left out keep their value."),
            Map.entry(
                    "DELETE /v1/pools/{name}/workers",
                    "To end a worker use POST /v1/pools/{name}/workers/{id}/terminate."),
            Map.entry("POST /v1/jobs", "To make a job use POST /v1/apply_async or POST /v1/map_async."),
            Map.entry("PUT /v1/jobs", "To make a job use POST /v1/apply_async or POST /v1/map_async."),
            Map.entry("DELETE /v1/jobs", "To cancel jobs use POST /v1/jobs/cancel with filters."),
            Map.entry(
                    "POST /v1/jobs/{id}",
                    "To cancel or retry a job use POST /v1/jobs/{id}/cancel or POST /v1/jobs/{id}/retry."),
            Map.entry("POST /v1/functions", "To call a function use POST /v1/apply with its name."),
            Map.entry("POST /v1/functions/{name}", "To call a function use POST /v1/apply with its name."));

    private final List<Route> all;

    /** Paths without variables, found by one lookup. */
    private final Map<String, Path> fixed = new LinkedHashMap<>();

    /** Paths with variables, compared segment by segment. */
    private final List<Path> variable = new ArrayList<>();

    public Routes(List<Route> routes) {
        all = List.copyOf(routes);
        Map<String, List<Route>> byTemplate = new LinkedHashMap<>();
        for (Route route : routes) {
            byTemplate
                    .computeIfAbsent(route.template(), template -> new ArrayList<>())
                    .add(route);
        }
        byTemplate.forEach((template, group) -> {
            Path path = new Path(template, List.of(template.split("/", -1)), Map.copyOf(byMethod(group)), allow(group));
            if (template.indexOf('{') < 0) {
                fixed.put(template, path);
            } else {
                variable.add(path);
            }
        });
    }

    public List<Route> all() {
        return all;
    }

    /** A path of the API and its methods. */
    public record Path(String template, List<String> segments, Map<String, Entry> methods, String allow) {

        public @Nullable Entry method(String method) {
            return methods.get(method);
        }

        /** The problem of a method that the path does not accept; names the request that was probably meant. */
        Problem notAllowed(String method) {
            String meant = MEANT.get(method + " " + template);
            return Problem.notAllowed(method, allow, meant == null ? "" : " " + meant);
        }

        private boolean matches(String[] given) {
            if (given.length != segments.size()) {
                return false;
            }
            for (int i = 0; i < given.length; i++) {
                if (isVariable(segments.get(i))
                        ? given[i].isEmpty()
                        : !segments.get(i).equals(given[i])) {
                    return false;
                }
            }
            return true;
        }

        private static boolean isVariable(String segment) {
            return segment.startsWith("{");
        }
    }

    /** A route with what every request of it needs. */
    public record Entry(Route route, Set<String> queryNames, Right right, String cacheControl) {}

    /** A matched path, and the values of its variables. */
    public record Match(Path path, Map<String, String> variables) {}

    /** Finds a path as written in the request line; null if there is none. */
    public @Nullable Match find(String path) {
        Path exact = fixed.get(path);
        if (exact != null) {
            return new Match(exact, Map.of());
        }
        String[] given = path.split("/", -1);
        for (Path candidate : variable) {
            if (candidate.matches(given)) {
                Map<String, String> variables = new LinkedHashMap<>();
                for (int i = 0; i < given.length; i++) {
                    String segment = candidate.segments.get(i);
                    if (Path.isVariable(segment)) {
                        variables.put(segment.substring(1, segment.length() - 1), decode(given[i]));
                    }
                }
                return new Match(candidate, variables);
            }
        }
        return null;
    }

    /** All paths, for suggestions. */
    public Set<String> templates() {
        Set<String> templates = new TreeSet<>();
        all.forEach(route -> templates.add(route.template()));
        return templates;
    }

    /** Decodes a segment. Tomcat has already refused invalid escapes. */
    private static String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        // In a path, unlike in a form, a plus is literal.
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Map<String, Entry> byMethod(List<Route> group) {
        Map<String, Entry> methods = new LinkedHashMap<>();
        for (Route route : group) {
            Entry entry = new Entry(route, route.queryNames(), route.right(), route.cacheControl());
            methods.put(route.method(), entry);
            if (route.method().equals("GET")) {
                methods.put("HEAD", entry);
            }
        }
        return methods;
    }

    private static String allow(List<Route> group) {
        Set<String> methods = new TreeSet<>(byMethod(group).keySet());
        methods.add("OPTIONS");
        return String.join(", ", methods);
    }
}
