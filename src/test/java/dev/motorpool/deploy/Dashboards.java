package dev.motorpool.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The chart's files for Grafana and Prometheus. */
final class Dashboards {

    private static final Pattern METRIC = Pattern.compile("\\b(motorpool|http|jvm|process)_\\w+");
    private static final Pattern JOINT = Pattern.compile(" (or|unless)( (on|ignoring) \\([^)]*\\))? ");
    private static final Pattern CONSTANT = Pattern.compile("(label_replace\\()?vector\\(.*|0 \\* .*");
    private static final Pattern COMPARISON = Pattern.compile(" (==|!=|<=|>=|<|>) [0-9.]+");

    /**
     * A query.
     *
     * @param expression with the variables of the dashboard in it
     * @param atOnce whether it has a result before any event
     */
    record Query(String place, String expression, boolean atOnce) {

        /** The query with its variables replaced: for one pool where one is selected, else for everything. */
        String asked() {
            return expression
                    .replace("pool=\"$pool\"", "pool=\"processes\"")
                    .replace("$__rate_interval", "20s")
                    .replaceAll("\\$(namespace|instance|pool|function)", ".*");
        }

        /** An alert has no result while all is well; without its threshold it has one as soon as its metric exists. */
        String withoutThreshold() {
            return COMPARISON.matcher(expression).replaceAll("");
        }

        /**
         * The parts that need results of their own: the operands of {@code or} and {@code unless}, except constants.
         */
        List<Query> parts() {
            List<Query> parts = new ArrayList<>();
            for (String part : apart(expression)) {
                if (!CONSTANT.matcher(part).matches()) {
                    parts.add(new Query(place + " " + (parts.size() + 1), part, atOnce));
                }
            }
            return parts;
        }

        private static List<String> apart(String expression) {
            List<String> parts = new ArrayList<>();
            Matcher joint = JOINT.matcher(expression);
            int from = 0;
            while (joint.find()) {
                if (isWhole(expression.substring(from, joint.start()))) {
                    parts.add(expression.substring(from, joint.start()));
                    from = joint.end();
                }
            }
            parts.add(expression.substring(from));
            return parts;
        }

        /** Whether all its brackets are closed. */
        private static boolean isWhole(String part) {
            return part.chars().filter(sign -> "([{".indexOf(sign) >= 0).count()
                    == part.chars().filter(sign -> ")]}".indexOf(sign) >= 0).count();
        }

        List<String> metrics() {
            return METRIC.matcher(expression)
                    .results()
                    .map(found -> found.group())
                    .toList();
        }

        @Override
        public String toString() {
            return place;
        }
    }

    private Dashboards() {}

    static List<JsonNode> all() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(Chart.FOLDER.resolve("dashboards"))) {
            for (Path file : files.sorted().toList()) {
                all.add(JsonMapper.shared().readTree(Files.readString(file)));
            }
        }
        return all;
    }

    /** The panels that show data. */
    static List<JsonNode> panels(JsonNode dashboard) {
        List<JsonNode> panels = new ArrayList<>();
        for (JsonNode panel : dashboard.get("panels")) {
            if (!panel.get("type").asString().equals("row")) {
                panels.add(panel);
            }
        }
        return panels;
    }

    /** Panels with a text for "no value" may be empty until their event happens. */
    static List<Query> queries() throws IOException {
        List<Query> queries = new ArrayList<>();
        for (JsonNode dashboard : all()) {
            for (JsonNode panel : panels(dashboard)) {
                for (JsonNode target : panel.get("targets")) {
                    queries.add(new Query(
                            dashboard.get("title").asString() + ": "
                                    + panel.get("title").asString() + " "
                                    + target.get("refId").asString(),
                            target.get("expr").asString(),
                            !panel.get("fieldConfig").get("defaults").has("noValue")));
                }
            }
        }
        return queries;
    }

    static List<Map<String, Object>> alerts() throws IOException {
        List<Map<String, Object>> alerts = new ArrayList<>();
        for (Object group : (List<?>) Chart.yaml("alerts/motorpool.yaml").get("groups")) {
            for (Object rule : (List<?>) Chart.strings((Map<?, ?>) group).get("rules")) {
                alerts.add(Chart.strings((Map<?, ?>) rule));
            }
        }
        return alerts;
    }

    static List<Query> alertQueries() throws IOException {
        return alerts().stream()
                .map(alert -> new Query("alert " + alert.get("alert"), (String) alert.get("expr"), false))
                .toList();
    }

    /** The variables in a text. */
    static List<String> variables(String text) {
        Matcher names = Pattern.compile("\\$\\{?(\\w+)").matcher(text);
        return names.results().map(name -> name.group(1)).distinct().toList();
    }
}
